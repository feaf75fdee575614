import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkPackages } from '../src/check-packages.ts';
import { checkSources } from '../src/check-sources.ts';
import { checks, overlookedByOxlint } from '../src/checks.ts';
import { listSources } from '../src/source-files.ts';
import { runTool } from '../src/tools.ts';
import { root } from './tree.ts';

it('keeps the domain axis', async () => {
  expect((await checkSources(root)).findings).toEqual([]);
});

it('gives every package its one tag', async () => {
  const { packages, findings } = await checkPackages(root);
  expect(findings).toEqual([]);
  expect(packages).toEqual(
    expect.arrayContaining(['packages/contract-kit', 'packages/actions', 'apps/platform', 'tooling/lint']),
  );
});

it('finds sources in every part of the tree', async () => {
  const parts = new Set((await listSources(root)).map((file) => file.split('/')[0]));
  expect([...parts]).toEqual(['apps', 'packages', 'tooling']);
});

// What the tools find is for `npm run lint` to say; here it matters that none of them passes by looking away.
it.each(checks.filter(({ name }) => name !== 'oxlint'))('$name looks at all that there is', async ({ run }) => {
  const { seen, expected } = await run(root);
  expect(expected).toBeGreaterThan(0);
  expect(seen).toBeGreaterThanOrEqual(expected);
});

// Its list of files instead of its verdict, which takes as long as a compilation.
it('oxlint looks at all that there is', async () => {
  expect(await overlookedByOxlint(root)).toEqual([]);
});

type Task = { taskId: string; inputs: Record<string, string> };

it('runs again when any source file changes', async () => {
  const args = ['run', 'lint', 'test', '--filter=@plinth/lint', '--dry=json'];
  const { output } = await runTool(root, { tool: 'turbo', args });
  const { tasks } = JSON.parse(output.slice(output.indexOf('{'))) as { tasks: Task[] };
  const sources = await listSources(root);
  for (const id of ['@plinth/lint#lint', '@plinth/lint#test']) {
    const inputs = Object.keys(tasks.find(({ taskId }) => taskId === id)?.inputs ?? {});
    const hashed = new Set(inputs.map((path) => join('tooling/lint', path)));
    expect(
      sources.filter((file) => !hashed.has(file)),
      id,
    ).toEqual([]);
    expect([...hashed], id).toEqual(
      expect.arrayContaining(['turbo.json', 'oxlint.config.ts', '.gitignore', 'packages/contract-kit/turbo.json']),
    );
  }
});
