import { globSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const codings = { br: promisify(brotliCompress), gz: promisify(gzip) };

/** Compression does not pay for smaller files. */
const bytesMin = 256;

/**
 * Writes each file in each content coding beside it, so that no server compresses it for a request. The page is last: a server
 * that finds `index.html.gz` finds everything else too.
 */
export const compress = (): Plugin => {
  let folder = '';
  const write = async (file: string): Promise<void> => {
    const path = join(folder, file);
    const content = await readFile(path);
    if (content.length < bytesMin) return;
    await Promise.all(
      Object.entries(codings).map(async ([ending, encode]) => writeFile(`${path}.${ending}`, await encode(content))),
    );
  };
  return {
    name: 'compress',
    apply: 'build',
    configResolved: ({ root, build }) => {
      folder = join(root, build.outDir);
    },
    writeBundle: async () => {
      await Promise.all(globSync('{assets/,}*.{js,css,svg}', { cwd: folder }).map(write));
      await write('index.html');
    },
  };
};
