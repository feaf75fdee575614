import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

type Chunk = { readonly file: string; readonly imports?: readonly string[]; readonly isEntry?: boolean };

const dist = new URL('../dist/', import.meta.url);
const read = (file: string): Promise<string> => readFile(new URL(file, dist), 'utf8');
const manifest = JSON.parse(await read('.vite/manifest.json')) as Readonly<Record<string, Chunk>>;

/** Returns the files that a chunk needs before it runs. */
const collect = (name: string, found = new Set<string>()): Set<string> => {
  const { file, imports = [] } = manifest[name] as Chunk;
  if (found.has(file)) return found;
  found.add(file);
  for (const imported of imports) collect(imported, found);
  return found;
};

const firstLoad = await Promise.all([...collect('index.html')].map(read));

it('loads at most 200 kB of compressed script at first', () => {
  const bytes = firstLoad.reduce((sum, code) => sum + gzipSync(code).length, 0);
  console.info(`First load: ${bytes} bytes.`);
  expect(bytes).toBeLessThanOrEqual(200_000);
});

it('loads schemas with the first form, and contracts never', async () => {
  const files = [...new Set(Object.values(manifest).map(({ file }) => file))].filter((file) => file.endsWith('.js'));
  const schemas = /invalid_format/;
  expect(firstLoad.join('')).not.toMatch(schemas);
  const all = (await Promise.all(files.map(read))).join('');
  expect(all).toMatch(schemas);
  expect(all).not.toContain('The user is the last active owner of the organization.');
});
