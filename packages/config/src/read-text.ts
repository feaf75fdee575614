import { readFileSync, statSync } from 'node:fs';
import type { ConfigIssue } from './config-error.ts';

/** The variables of a process. */
export type Environment = { readonly [name: string]: string | undefined };

/** Shells and compose files spell an absent variable as an empty one. */
export const getVariable = (env: Environment, name: string): string | undefined =>
  env[name]?.trim() === '' ? undefined : env[name];

export const toFileVariable = (name: string): string => `${name}_FILE`;

type Text = { readonly text?: string | undefined; readonly issue?: ConfigIssue };

/** Reads the text of a setting from its variable, or from the file that `<name>_FILE` names. */
export const readText = (name: string, env: Environment): Text => {
  const text = getVariable(env, name);
  const fileVariable = toFileVariable(name);
  const file = getVariable(env, fileVariable);
  if (file === undefined) return { text };
  if (text !== undefined) {
    return { issue: { name, problem: `is set, and so is ${fileVariable}`, fix: 'Remove one of the two.' } };
  }
  const fix = `Set it to the path of a file that contains ${name}, or remove it.`;
  const unreadable = { issue: { name: fileVariable, problem: 'names no readable file', fix } };
  try {
    // A device may have no end, and a pipe no writer.
    if (!statSync(file).isFile()) return unreadable;
    // Editors and `echo` end a file with a line break, which is not part of the value.
    const content = readFileSync(file, 'utf8').replace(/[\r\n]+$/, '');
    return { text: content.trim() === '' ? undefined : content };
  } catch {
    return unreadable;
  }
};
