import { unwatchFile, watchFile } from 'node:fs';
import type { z } from 'zod';
import type { ConfigIssue } from './config-error.ts';
import { readSettings } from './load.ts';
import { type Environment, getVariable, toFileVariable } from './read-text.ts';

const pollMs = 1000;

export type WatchOptions<T> = {
  readonly onChange: (value: T) => void;
  /** The file cannot be read, or its content cannot be used. */
  readonly onInvalid: (issue: ConfigIssue) => void;
  readonly env?: Environment;
};

/**
 * Reads a setting now, and again when the file that `<name>_FILE` names has changed, within about a second. The file may be replaced, as a mounted
 * Secret of Kubernetes is. Without that variable nothing happens.
 * @returns a function that ends it.
 */
export const watchSetting = <T>(
  name: string,
  schema: z.ZodType<T>,
  { onChange, onInvalid, env = process.env }: WatchOptions<T>,
): (() => void) => {
  const file = getVariable(env, toFileVariable(name));
  if (file === undefined) return () => undefined;
  const reload = (): void => {
    const { values, issues } = readSettings({ [name]: schema }, env);
    const [issue] = issues;
    if (issue) onInvalid(issue);
    else onChange(values[name] as T);
  };
  // It polls, because events of the file system are lost on some volumes and with replaced links.
  watchFile(file, { interval: pollMs, persistent: false }, reload);
  // The file may have changed since the program has read its settings.
  reload();
  return () => unwatchFile(file, reload);
};
