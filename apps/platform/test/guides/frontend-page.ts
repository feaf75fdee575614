import { execFile } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const compiler = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')));

/** The options of a new project of Vite. */
const compilerOptions =
  '--noEmit --strict --module esnext --moduleResolution bundler --lib es2024,dom,dom.iterable --allowImportingTsExtensions --skipLibCheck --types';

/** Reads the guide of a page in a browser. @throws when it no longer shows a part. */
export const readFrontend = (guide: string) => {
  const read = (pattern: RegExp): string => {
    const [, text] = pattern.exec(guide) ?? [];
    if (text === undefined) throw new Error(`The guide has nothing like ${pattern.source}.`);
    return text;
  };
  return {
    files: [...guide.matchAll(/^```\w+ (\S+)\n([^]*?)^```$/gm)].map(([, name = '', text = '']) => ({ name, text })),
    api: read(/^ {2}baseUrl: '(.+)',$/m),
    origin: read(/^ {4}CORS_ORIGINS=(\S+) npm start$/m),
    command: read(/^ {4}pnpm exec (vite build)$/m),
    takenEmail: read(/Add a user with the address\s`(.+?)`/),
    problem: read(/the page shows "(.+?)"/),
  };
};

type Frontend = ReturnType<typeof readFrontend>;

/** Compiles and builds the page in an empty folder. The page calls the API at `apiUrl`. */
export const buildFrontend = async (
  { files, api, command }: Frontend,
  { folder: cwd, apiUrl }: { folder: string; apiUrl: string },
): Promise<void> => {
  for (const { name, text } of files) await writeFile(join(cwd, name), text.replaceAll(api, apiUrl));
  // `pnpm install` would link the same packages: this package depends on them too.
  await symlink(modules, join(cwd, 'node_modules'));
  await run(process.execPath, [compiler, ...compilerOptions.split(' '), '', 'main.ts'], { cwd }).catch(
    ({ stdout }: { stdout: string }) => {
      throw new Error(`The code of the guide does not compile.\n${stdout}`);
    },
  );
  const [program = '', ...args] = command.split(' ');
  await run(join(modules, '.bin', program), args, { cwd });
};
