import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { root, runTool } from '../src/workspace.ts';
import { createTree } from './tree.ts';

const tree = createTree();
for (const file of ['biome.json', '.gitignore']) copyFileSync(join(root, file), join(tree.dir, file));
tree.write(
  'unsorted-imports.ts',
  `import { b } from './b.ts';\nimport { a } from './a.ts';\n\nexport const c = [a, b];\n`,
);
tree.write('unformatted.ts', `export const a = "b"\n`);
tree.write('formatted.ts', `export const a = 'b';\n`);
afterAll(tree.remove);

const format = async (file: string) => await runTool(tree.dir, 'biome', 'check', '--linter-enabled=false', file);

it.each(['unformatted.ts', 'unsorted-imports.ts'])('refuses the format of %s', async (file) => {
  expect(await format(file)).toMatchObject({ code: 1, output: expect.stringContaining(file) });
});

it('accepts formatted.ts', async () => {
  expect(await format('formatted.ts')).toMatchObject({ code: 0, output: expect.stringContaining('Checked 1 file') });
});
