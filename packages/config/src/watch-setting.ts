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
  let latest: { readonly value: unknown; readonly issue: ConfigIssue | undefined } | undefined;
  const reload = (): void => {
    const { values, issues } = readSettings({ [name]: schema }, env);
    const read = { value: values[name], issue: issues[0] };
    if (isDeepStrictEqual(read, latest)) return;
    latest = read;
    if (read.issue) onInvalid(read.issue);
    else onChange(read.value as T);
  };
  // It polls, because events of the file system are lost on some volumes and with replaced links.
  watchFile(file, { interval: pollMs, persistent: false }, reload);
  // The file may have changed since the program has read its settings.
  reload();
  // `watchFile` compares with a state that it reads later, so it would not notice a change before that.
  const timer = setTimeout(reload, 2 * pollMs).unref();
  return () => {
    clearTimeout(timer);
    unwatchFile(file, reload);
  };
};
