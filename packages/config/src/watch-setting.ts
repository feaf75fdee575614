import { unwatchFile, watchFile } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
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
 * Reads a setting from the file that the variable `<name>_FILE` names: now, and within about a second of each change. The file may be
 * replaced, as a mounted Secret of Kubernetes is. Without that variable, nothing is read.
 * @returns a function that stops watching.
 */
export const watchSetting = <T>(
  name: string,
  schema: z.ZodType<T>,
  { onChange, onInvalid, env = process.env }: WatchOptions<T>,
): (() => void) => {
  const file = getVariable(env, toFileVariable(name));
  if (file === undefined) return () => undefined;
  let latest: { readonly value: unknown; readonly issue: ConfigIssue | undefined } | undefined;
  const reload = (): void => {
    const { values, issues } = readSettings({ [name]: schema }, env);
    const read = { value: values[name], issue: issues[0] };
    if (isDeepStrictEqual(read, latest)) return;
    latest = read;
    if (read.issue) onInvalid(read.issue);
    else onChange(read.value as T);
  };
  // `watchFile` polls; the events of `watch` are lost on some volumes and with replaced links.
  watchFile(file, { interval: pollMs, persistent: false }, reload);
  // The file may have changed since the program read its settings.
  reload();
  // `watchFile` reads the state that it compares with asynchronously, so it would miss a change that happens before.
  const timer = setTimeout(reload, 2 * pollMs).unref();
  return () => {
    clearTimeout(timer);
    unwatchFile(file, reload);
  };
};
