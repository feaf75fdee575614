import { afterEach, expect, it } from 'vitest';
import { checks, type Report, sawAll } from '../src/checks.ts';
import { aTree, type Tree, withLintConfig } from './tree.ts';

const trees: Tree[] = [];
afterEach(() => trees.splice(0).forEach(({ remove }) => remove()));

/** A workspace of one package with one file, which is as clean as can be. */
function aWorkspace(): Tree {
  const tree = aTree();
  trees.push(tree);
  withLintConfig(tree);
  tree.write('package.json', { name: 'probe', private: true, packageManager: 'pnpm@12.21.0' });
  tree.write('turbo.json', { tasks: {} });
  tree.write('pnpm-lock.yaml', "lockfileVersion: '9.0'\nimporters: {}\n");
  tree.write('packages/utils/package.json', { name: '@probe/utils' });
  tree.write('packages/utils/src/index.ts', 'export const a = 1;\n');
  return tree;
}

async function reportOf(name: string, tree: Tree): Promise<Report> {
  const report = await checks.find((check) => check.name.startsWith(name))?.run(tree.dir);
  if (report === undefined) throw new Error(`There is no check "${name}".`);
  return report;
}

it('distrusts oxlint when its configuration ignores the sources', async () => {
  const tree = aWorkspace();
  tree.write('oxlint.config.ts', `export default { ignorePatterns: ['packages'] };\n`);
  const report = await reportOf('oxlint', tree);
  expect(report.ok).toBe(true);
  expect(sawAll(report)).toBe(false);
});

it('distrusts turbo when the workspace leaves packages out', async () => {
  const tree = aWorkspace();
  tree.write('pnpm-workspace.yaml', 'packages:\n  - nowhere/*\n');
  expect(sawAll(await reportOf('turbo', tree))).toBe(false);
});

it('distrusts biome when its configuration ignores the sources', async () => {
  const tree = aWorkspace();
  tree.write('biome.json', {
    files: { includes: ['*.json'] },
    formatter: { enabled: false },
    assist: { enabled: false },
  });
  const report = await reportOf('biome', tree);
  expect(sawAll(report), report.output).toBe(false);
});

it('trusts turbo when it looks at every package', async () => {
  const tree = aWorkspace();
  tree.write('pnpm-workspace.yaml', 'packages:\n  - packages/*\n  - tooling/*\n');
  const report = await reportOf('turbo', tree);
  expect({ ...report, sawAll: sawAll(report) }).toMatchObject({ ok: true, seen: 1, expected: 1, sawAll: true });
});
