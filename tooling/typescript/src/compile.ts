import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const compiler = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')));

export type Compilation = {
  readonly isValid: boolean;
  /** The errors, as the compiler prints them. */
  readonly errors: string;
  /** How many types the compiler created from generic ones: the measure of its work that is the same in every run. */
  readonly instantiations: number;
};

/** Checks the types of a project. */
export const compile = (project: string, ...options: readonly string[]): Compilation => {
  const args = [compiler, '-p', project, '--noEmit', '--extendedDiagnostics', ...options];
  const { stdout, status, error } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error) throw error;
  return {
    isValid: status === 0,
    errors: stdout.replace(/^Files: .*/ms, '').trim(),
    instantiations: Number(/^Instantiations: +(\d+)$/m.exec(stdout)?.[1]),
  };
};
