import { startTestDatabase } from '@plinth/dev-databases';
import { expect, it, onTestFinished } from 'vitest';
import { runDrill } from './drill.ts';

it('restores every acknowledged write up to the chosen moment, and none after it', async () => {
  const clusters = await Promise.all([startTestDatabase('mongod'), startTestDatabase('mongod')]);
  onTestFinished(async () => void (await Promise.all(clusters.map((cluster) => cluster.close()))));
  const [source, target] = clusters.map(({ uri }) => uri) as [string, string];
  const report = await runDrill(source, target);
  console.info(JSON.stringify(report));
  expect(report).toMatchObject({ lost: 0, extra: 0 });
  expect(report.acknowledged).toBeGreaterThan(10);
  expect(report.restored).toBe(report.acknowledged);
  expect(report.replayed).toBeGreaterThan(0);
}, 60_000);
