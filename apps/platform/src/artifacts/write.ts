import { mkdir, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { createArtifacts } from './artifacts.ts';

const [, , folder] = process.argv;
/** The repository, unless the command line names another folder. */
const root = folder === undefined ? new URL('../../../../', import.meta.url) : pathToFileURL(`${folder}/`);

for (const [path, text] of Object.entries(createArtifacts())) {
  // A new domain has no folder in the client yet.
  await mkdir(new URL('.', new URL(path, root)), { recursive: true });
  await writeFile(new URL(path, root), text);
  process.stdout.write(`${path}\n`);
}
