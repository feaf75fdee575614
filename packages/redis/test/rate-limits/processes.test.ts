import { randomUUID } from 'node:crypto';
import type { TokenBucket } from '@plinth/data-kit';
import { type Child, nodeCommand, startChild } from '@plinth/testing/process';
import { expect, it, onTestFinished } from 'vitest';
import { isHeavy } from './fixture.ts';
import type { Load, Report } from './limiting-process.ts';

const redisUrl = process.env['REDIS_URL'] as string;

const start = async (prefix: string): Promise<Child> => {
  const child = startChild(nodeCommand(new URL('./limiting-process.ts', import.meta.url), redisUrl, prefix));
  onTestFinished(async () => void (await child.end()));
  await child.request();
  return child;
};

const runLoad = (child: Child, load: Load): Promise<Report> => child.request(load) as Promise<Report>;

const sum = (reports: readonly Report[], field: keyof Report): number =>
  reports.reduce((total, report) => total + report[field], 0);

const bucket: TokenBucket = { key: 'subject ada', quota: 600, windowSeconds: 10 };
const ms = isHeavy ? 10_000 : 1500;

it('race: eight processes together serve one limit within 10 %, although each receives more requests than the whole limit', async () => {
  const prefix = `test-${randomUUID()}:`;
  const children = await Promise.all(Array.from({ length: 8 }, () => start(prefix)));
  const reports = await Promise.all(children.map((child) => runLoad(child, { bucket, ms, perSecond: 600 })));
  const expected = bucket.quota + (bucket.quota / bucket.windowSeconds) * (ms / 1000);
  const allowed = sum(reports, 'allowed');
  console.info(
    `8 processes: ${allowed} of ${Math.round(expected)} served, ${sum(reports, 'taken')} received, ${sum(reports, 'roundTrips')} round trips`,
  );
  expect(Math.abs(allowed - expected)).toBeLessThanOrEqual(expected / 10);
  expect(sum(reports, 'roundTrips') / sum(reports, 'taken')).toBeLessThanOrEqual(0.1);
}, 60_000);
