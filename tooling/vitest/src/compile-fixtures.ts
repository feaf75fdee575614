import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type CompiledFixture = {
  readonly file: string;
  /** The sentence that the compiler must report, from the comment `// Says: …`; undefined for a fixture that compiles. */
  readonly says: string | undefined;
  readonly errors: readonly string[];
};

const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/** Runs the compiler once, because it needs a second to start and hardly any time for a further file. */
const compile = (directory: string): string => {
  const { stdout, error } = spawnSync(process.execPath, [compiler, '-p', directory, '--pretty', 'false'], {
    cwd: directory,
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (error) throw error;
  return stdout;
};

/** Compiles the fixtures of a folder, which has a tsconfig.json, and returns the errors of each file. */
export const compileFixtures = (folder: URL): readonly CompiledFixture[] => {
  const directory = fileURLToPath(folder);
  // An error begins at the margin, and its reasons are indented below it.
  const byFile = Map.groupBy(compile(directory).split(/\n(?=\S)/), (error) => error.split('(')[0] ?? '');
  return readdirSync(directory)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({
      file,
      says: /^\/\/ Says: (.+)$/m.exec(readFileSync(join(directory, file), 'utf8'))?.[1],
      errors: byFile.get(file) ?? [],
    }));
};
