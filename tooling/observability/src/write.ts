import { writeFile } from 'node:fs/promises';
import { artifacts } from './artifacts.ts';

const folder = new URL('../', import.meta.url);

for (const [path, text] of Object.entries(await artifacts())) {
  await writeFile(new URL(path, folder), text);
  process.stdout.write(`tooling/observability/${path}\n`);
}
