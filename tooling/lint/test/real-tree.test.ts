import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cruiseFolder, missedSources } from '../src/check-imports.ts';
import { layerNames } from '../src/import-rules.ts';
import { domainLayers } from '../src/layers.ts';
import { listSources, root, runTool } from '../src/workspace.ts';

// `npm run lint` reports the findings; these tests fail when a tool reads too little.
const sources = listSources(root);

it('finds sources in every part of the tree', () => {
  expect([...new Set(sources.map((file) => file.split('/')[0]))]).toEqual(['apps', 'packages', 'tooling']);
  expect(layerNames).toEqual(expect.arrayContaining([...domainLayers]));
});

it('reads every source with oxlint, except tests of types', async () => {
  const { output } = await runTool(root, 'oxlint', '--debug=files');
  const listed = new Set(output.split('\n'));
  expect(sources.filter((file) => !listed.has(file) && !file.endsWith('.test-d.ts'))).toEqual([]);
}, 30_000);

it('reads every source with biome', async () => {
  const { output } = await runTool(root, 'biome', 'check', '--linter-enabled=false', '--reporter=summary', '.');
  expect(Number(/Checked (\d+) files?/.exec(output)?.[1])).toBeGreaterThanOrEqual(sources.length);
}, 30_000);

it('reads every source with dependency-cruiser, and says which ones it misses', async () => {
  const result = await cruiseFolder(root);
  expect(missedSources(result, sources)).toEqual([]);
  expect(missedSources({ modules: [] }, ['a.ts'])).toEqual(['a.ts']);
}, 60_000);

type Task = { taskId: string; inputs: Record<string, string> };

it('runs again when a source file changes', async () => {
  const { output } = await runTool(root, 'turbo', 'run', 'lint', 'test', '--filter=@plinth/lint', '--dry=json');
  const { tasks } = JSON.parse(/^\{.*^\}/ms.exec(output)?.[0] ?? '') as { tasks: Task[] };
  for (const id of ['@plinth/lint#lint', '@plinth/lint#test']) {
    const inputs = Object.keys(tasks.find(({ taskId }) => taskId === id)?.inputs ?? {});
    const hashed = new Set(inputs.map((path) => join('tooling/lint', path)));
    expect(
      sources.filter((file) => !hashed.has(file)),
      id,
    ).toEqual([]);
    expect([...hashed], id).toEqual(expect.arrayContaining(['turbo.json', 'oxlint.config.ts', '.gitignore']));
  }
}, 30_000);
