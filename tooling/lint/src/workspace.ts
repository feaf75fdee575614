import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

export const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

const skipped = /(^|\/)(node_modules|dist|coverage|fixtures|pnpm-lock.yaml|\.(?!github|changeset)[^/]+)(\/|$)/;

const list = (folder: string, pattern: string): string[] =>
  globSync(pattern, { cwd: folder, exclude: (path) => skipped.test(path) }).sort();

/** The source files of a workspace, as paths relative to its root. */
export const listSources = (folder: string): string[] =>
  list(folder, '{apps,packages,tooling}/**/*.{ts,mts,cts,tsx,js,mjs,cjs,jsx}');

/** Documents and settings. */
export const listTexts = (folder: string): string[] =>
  list(folder, '{.github/,.changeset/,}**/{*.{md,yml,yaml,toml,py},turbo.json,Dockerfile}');

export type Outcome = { code: number; output: string };

/** Runs a tool of the root's node_modules/.bin in a folder, offline and without colors. */
export async function runTool(folder: string, tool: string, ...args: string[]): Promise<Outcome> {
  const env = { ...process.env, NO_COLOR: '1' };
  const options = { cwd: folder, env, maxBuffer: 2 ** 27 };
  return await new Promise((resolve) => {
    execFile(join(root, 'node_modules/.bin', tool), args, options, (error, stdout, stderr) => {
      resolve({ code: error ? 1 : 0, output: stripVTControlCharacters(stdout + stderr) || `${error?.message}` });
    });
  });
}
