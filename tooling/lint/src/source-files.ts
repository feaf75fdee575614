import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';

const skipped = /(^|\/)(node_modules|dist|coverage|fixtures|\.[^/]+)(\/|$)/;

/** The source files of the workspace, as paths relative to the root. */
export async function listSources(root: string): Promise<string[]> {
  return await list(root, '{apps,packages,tooling}/**/*.{ts,mts,cts,tsx,js,mjs,cjs,jsx}');
}

/** The directories of the workspace's packages; tooling/toolchain is npm's, and no member. */
export async function listPackages(root: string): Promise<string[]> {
  const manifests = await list(root, '{apps,packages,tooling}/*/package.json');
  return manifests.map((file) => file.replace(/\/package\.json$/, '')).filter((dir) => dir !== 'tooling/toolchain');
}

async function list(root: string, pattern: string): Promise<string[]> {
  const files: string[] = [];
  for await (const file of glob(pattern, { cwd: root, exclude: (path) => skipped.test(path) })) files.push(file);
  return files.sort();
}

export type Source = {
  file: string;
  /** What it imports or re-exports; an `import(expression)` has no specifier. */
  imports: { specifier: string | undefined; line: number }[];
  comments: { text: string; line: number }[];
};

/** Reads the imports and comments of one file. An inline `import('x')` type is oxlint's to refuse. */
export function readSource(root: string, file: string): Source {
  const code = readFileSync(join(root, file), 'utf8');
  const { module, comments, errors } = parseSync(file, code);
  if (errors[0]) throw new Error(`${file} does not parse: ${errors[0].message}`);
  const lineOf = (offset: number): number => code.slice(0, offset).split('\n').length;
  const fixed = [...module.staticImports, ...module.staticExports.flatMap(({ entries }) => entries)];
  return {
    file,
    imports: [
      ...fixed.flatMap(({ moduleRequest: at }) => (at ? [{ specifier: at.value, line: lineOf(at.start) }] : [])),
      ...module.dynamicImports.map(({ moduleRequest: { start, end } }) => ({
        specifier: literalOf(code.slice(start, end)),
        line: lineOf(start),
      })),
    ],
    comments: comments.map(({ value, start }) => ({ text: value.trim(), line: lineOf(start) })),
  };
}

const literalOf = (expression: string): string | undefined => /^(['"`])([^'"`$]*)\1$/.exec(expression)?.[2];
