import { afterEach, expect, it } from 'vitest';
import { checkTexts, findInText } from '../src/check-texts.ts';
import { createTree, type Tree } from './tree.ts';

const trees: Tree[] = [];
afterEach(() => trees.splice(0).forEach(({ remove }) => remove()));

const findIn = (comment: string): string[] =>
  findInText('packages/mongo/src/a.ts', `${comment}\nexport {};\n`).map(({ message }) => message);

it.each([
  '// oxlint-disable-next-line no-console',
  '/* oxlint-disable -- it fails */',
  '// eslint-disable-next-line no-console -- loud',
  '// biome-ignore format',
  '/* v8 ignore next */',
])('refuses the suppression %s', (comment) => {
  expect(findIn(comment)).toEqual([expect.stringContaining('A suppression names its rule and states its reason')]);
});

it.each([
  '// oxlint-disable-next-line no-console -- the output of a command',
  '/* v8 ignore next -- only on Windows */',
  "const text = '// oxlint-disable-next-line no-console';",
])('accepts %s', (comment) => {
  expect(findIn(comment)).toEqual([]);
});

it('refuses a file that cannot be parsed', () => {
  expect(() => findIn('import {')).toThrow('packages/mongo/src/a.ts cannot be parsed');
});

it('reports the line of a finding in sources, documents and settings', async () => {
  const tree = createTree();
  trees.push(tree);
  tree.write('packages/mongo/src/a.ts', 'export {};\n// What is stored.\n');
  tree.write('packages/redis/node_modules/a.ts', '// What is stored.\n');
  tree.write('.github/workflows/a.yml', 'on: push\n# What is stored.\n');
  tree.write('docs/a.md', '# A\n\nWhat is stored.\n');
  const { code, output } = checkTexts(tree.dir);
  expect(code).toBe(1);
  expect(output.match(/\S+:\d+ /g)).toEqual([
    'packages/mongo/src/a.ts:2 ',
    '.github/workflows/a.yml:2 ',
    'docs/a.md:3 ',
  ]);
});
