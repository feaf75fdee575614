import { writeFile } from 'node:fs/promises';
import { artifacts } from './artifacts.ts';

const root = new URL('../../../../', import.meta.url);

for (const [path, text] of Object.entries(artifacts())) {
  // oxlint-disable-next-line no-await-in-loop -- three small files, and the first failure should be the one that is told
  await writeFile(new URL(path, root), text);
  process.stdout.write(`${path}\n`);
}
