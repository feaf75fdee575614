import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { artifacts } from './artifacts.ts';
import { root } from './settings.ts';

for (const [path, text] of Object.entries(await artifacts())) {
  const file = join(root, path);
  // A file that is right is left alone, because tests may be reading it.
  if ((await readFile(file, 'utf8').catch(() => '')) !== text) await writeFile(file, text);
  process.stdout.write(`${path}\n`);
}
