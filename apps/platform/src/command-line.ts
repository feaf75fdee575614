import type { loadOrExit } from '@plinth/config';
import { StartupError } from '@plinth/data-kit';
import type { Module } from '@plinth/service-kit';

/** The environment of a command, which tests replace. */
export type RunOptions = {
  readonly load: typeof loadOrExit;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
};

/** A command was refused and has changed nothing. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}

/** The arguments are wrong. The message also shows the usage. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';

  constructor(message: string, usage: string) {
    super(`${message}\n${usage}`);
  }
}

/** Returns the module of a name, or all of them without a name. */
export const selectModules = (
  modules: readonly Module[],
  name: string | undefined,
  usage: string,
): readonly Module[] => {
  const selected = modules.filter((module) => name === undefined || module.name === name);
  if (selected.length > 0) return selected;
  throw new UsageError(
    `--module is one of ${modules.map((module) => module.name).join(', ')}; '${name}' is not.`,
    usage,
  );
};

/** Converts rows to lines of text with aligned columns. */
export const alignColumns = (rows: readonly (readonly string[])[]): string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
};

/** Returns the message of an expected error, and the stack of any other. */
const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const isExpected = [StartupError, CommandError].some((kind) => error instanceof kind);
  return isExpected ? error.message : (error.stack ?? error.message);
};

/** Runs a command and prints its error. Returns the exit code of its process: 1 for false or an error. */
export const toExitCode = async (
  command: () => Promise<boolean>,
  { printError }: Pick<RunOptions, 'printError'>,
): Promise<0 | 1> => {
  try {
    return (await command()) ? 0 : 1;
  } catch (error) {
    printError(`${describe(error)}\n`);
    return 1;
  }
};
