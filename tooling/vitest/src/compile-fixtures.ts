import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const compiler = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')));

/**
 * Compiles the fixtures of a folder, which has a tsconfig.json, in one run. Returns the errors of each file, and the
 * `expected` one: that of the comment `// Error: …`, or undefined for a fixture that compiles.
 */
export function compileFixtures(folder: URL) {
  const options = { cwd: folder, encoding: 'utf8', timeout: 60_000 } as const;
  const { stdout, error } = spawnSync(process.execPath, [compiler, '-p', '.', '--pretty', 'false'], options);
  if (error) throw error;
  // An error begins at the margin, and its reasons are indented below it.
  const byFile = Map.groupBy(stdout.split(/\n(?=\S)/), (text) => text.split('(')[0] ?? '');
  return globSync('*.ts', { cwd: folder }).map((file) => ({
    file,
    expected: /^\/\/ Error: (.+)$/m.exec(readFileSync(new URL(file, folder), 'utf8'))?.[1],
    errors: byFile.get(file) ?? [],
  }));
}
