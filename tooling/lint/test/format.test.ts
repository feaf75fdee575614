import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { root, runTool } from '../src/workspace.ts';
import { createTree } from './tree.ts';

const tree = createTree();
for (const file of ['biome.json', '.gitignore']) copyFileSync(join(root, file), join(tree.dir, file));
tree.write('apart.ts', `import { b } from './b.ts';\nimport { a } from './a.ts';\n\nexport const c = [a, b];\n`);
tree.write('askew.ts', `export const a = "b"\n`);
tree.write('straight.ts', `export const a = 'b';\n`);
afterAll(tree.remove);

const format = async (file: string) => await runTool(tree.dir, 'biome', 'check', '--linter-enabled=false', file);

it.each(['askew.ts', 'apart.ts'])('refuses the format of %s', async (file) => {
  expect(await format(file)).toMatchObject({ code: 1, output: expect.stringContaining(file) });
});

it('accepts straight.ts', async () => {
  expect(await format('straight.ts')).toMatchObject({ code: 0, output: expect.stringContaining('Checked 1 file') });
});
