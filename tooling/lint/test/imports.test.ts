import { afterAll, describe, expect, it } from 'vitest';
import { accepted, refused } from '../fixtures/imports.ts';
import { checkSources } from '../src/check-sources.ts';
import { aTree, type Tree } from './tree.ts';

const trees: Tree[] = [];
afterAll(() => trees.forEach(({ remove }) => remove()));

function treeOf({ file, code }: { file: string; code: string }): Tree {
  const tree = aTree();
  trees.push(tree);
  tree.write(file, `// Why.\n${code}\nexport {};\n`);
  return tree;
}

describe('refuses', () => {
  it.each(refused)('$rule in $file: $code ($says)', async (fixture) => {
    const { findings } = await checkSources(treeOf(fixture).dir);
    const { file, rule, says } = fixture;
    const line = rule === 'domain-folder' ? 1 : 2;
    expect(findings).toContainEqual({ file, rule, line, message: expect.stringContaining(says) });
  });
});

describe('accepts', () => {
  it.each(accepted)('$file: $code', async (fixture) => {
    const { files, findings } = await checkSources(treeOf(fixture).dir);
    expect({ files, findings }).toEqual({ files: 1, findings: [] });
  });
});

it('refuses a file that it cannot parse', async () => {
  const { dir } = treeOf({ file: 'packages/dtos/src/orders/order.ts', code: 'import {' });
  await expect(checkSources(dir)).rejects.toThrow('packages/dtos/src/orders/order.ts does not parse');
});
