import { writeFile } from 'node:fs/promises';
import { createArtifacts } from './artifacts.ts';

const root = new URL('../../../../', import.meta.url);

for (const [path, text] of Object.entries(createArtifacts())) {
  await writeFile(new URL(path, root), text);
  process.stdout.write(`${path}\n`);
}
