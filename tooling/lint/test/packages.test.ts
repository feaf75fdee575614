import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { checkPackages } from '../src/check-packages.ts';
import { aTree, root, type Tree } from './tree.ts';

const trees: Tree[] = [];
afterEach(() => trees.splice(0).forEach(({ remove }) => remove()));

type Sample = { dir: string; tags?: string[]; exports?: Record<string, string> };

async function messagesFor({ dir, tags, exports = {} }: Sample): Promise<string[]> {
  const tree = aTree();
  trees.push(tree);
  copyFileSync(join(root, 'turbo.json'), join(tree.dir, 'turbo.json'));
  tree.write(`${dir}/package.json`, { exports });
  if (tags) tree.write(`${dir}/turbo.json`, { tags });
  const { packages, findings } = await checkPackages(tree.dir);
  expect(packages).toEqual([dir]);
  return findings.map(({ file, message }) => `${file}: ${message}`);
}

const refused: readonly (Sample & { name: string; says: string })[] = [
  {
    name: 'no tag',
    dir: 'packages/contract-kit',
    says: 'packages/contract-kit/turbo.json: Write "tags": ["contract-kit"]',
  },
  { name: 'the tag of another layer', dir: 'packages/dtos', tags: ['actions'], says: 'it says [actions]' },
  { name: 'two tags', dir: 'packages/mongo', tags: ['adapter', 'kit'], says: 'it says [adapter, kit]' },
  { name: 'a service that poses as a host', dir: 'apps/svc-users', tags: ['host'], says: 'Write "tags": ["service"]' },
  { name: 'a layer without a rule', dir: 'packages/novelty', tags: ['novelty'], says: 'No rule of boundaries.tags' },
  {
    name: 'a deep export of a domain layer',
    dir: 'packages/dtos',
    tags: ['dtos'],
    exports: { '.': 'a' },
    says: 'remove "."',
  },
  {
    name: 'a second export of a service',
    dir: 'apps/svc-users',
    tags: ['service'],
    exports: { './config': 'a' },
    says: 'remove "./config"',
  },
  { name: 'an export of a host', dir: 'apps/worker', tags: ['host'], exports: { '.': 'a' }, says: 'exports nothing' },
];

it.each(refused)('refuses $name', async ({ says, ...sample }) => {
  expect(await messagesFor(sample)).toContainEqual(expect.stringContaining(says));
});

it.each<Sample>([
  { dir: 'packages/dtos', tags: ['dtos'], exports: { './*': './src/*/index.ts' } },
  { dir: 'packages/mongo', tags: ['adapter'], exports: { '.': 'a', './testing': 'b' } },
  { dir: 'apps/svc-users', tags: ['service'], exports: { './module': 'a' } },
  { dir: 'tooling/engines', tags: ['engines'], exports: { '.': 'a' } },
])('accepts $dir', async (sample) => {
  expect(await messagesFor(sample)).toEqual([]);
});
