import { delimiter } from 'node:path';
import { firstOf, installWithApt, onPath, output, type Way } from '@plinth/engines';

/** A Python that can install packages. */
export type Python = { readonly path: string; readonly version: string };

const minorMin = 11;
const question = 'import sys, pip; print("%d.%d" % sys.version_info[:2])';

/** The version of a Python that is new enough and has pip. @throws what is missing. */
const versionOf = async (path: string, env: NodeJS.ProcessEnv): Promise<string> => {
  const version = (await output([path, '-c', question], { env })).trim();
  const [major, minor = 0] = version.split('.').map(Number);
  if (major === 3 && minor >= minorMin) return version;
  throw new Error(`${path} is Python ${version}`);
};

/** The system's own first: one of a version manager starts slowly, and may differ from folder to folder. */
const foldersOf = ({ PATH = '' }: NodeJS.ProcessEnv): string[] => [
  '/usr/bin',
  ...PATH.split(delimiter).filter(Boolean),
];

/** The first `python3` in some folders that will do. @throws why the last one will not. */
export const findInstalled = async (
  folders: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> => {
  let reason: unknown;
  for (const folder of new Set(folders)) {
    const path = await onPath({ PATH: folder }, 'python3');
    if (path === undefined) continue;
    try {
      await versionOf(path, env);
      return path;
    } catch (error) {
      reason = error;
    }
  }
  if (reason !== undefined) throw reason;
  return undefined;
};

const ways = (env: NodeJS.ProcessEnv): Way[] => [
  { name: 'python3 in /usr/bin or on PATH', find: () => findInstalled(foldersOf(env), env) },
  {
    name: 'apt-get',
    fetches: true,
    find: async () => {
      await installWithApt(env, 'python3', 'python3-pip');
      return findInstalled(foldersOf(env), env);
    },
  },
];

/** The first way that leads to a Python. @throws an `EnginesError` that says what to install. */
export const findPython = async (
  env: NodeJS.ProcessEnv,
  { log, from = ways(env) }: { readonly log: (line: string) => void; readonly from?: readonly Way[] },
): Promise<Python> => {
  const path = await firstOf(from, {
    onFetch: () => log('Installing python3 and python3-pip, which schemathesis needs…'),
    failure: (reasons) =>
      `schemathesis needs Python 3.${minorMin} or newer with pip, and there is none here: install both ` +
      `(on Debian and Ubuntu: apt-get install python3 python3-pip) and run the tests again (tried ${reasons}).`,
  });
  return { path, version: await versionOf(path, env) };
};
