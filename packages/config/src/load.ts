import type { z } from 'zod';
import { type Config, describeSetting, type Settings } from './setting.ts';

/** The variables of a process. */
export type Environment = { readonly [name: string]: string | undefined };

/** A setting or a file that cannot be used. It never holds a value. */
export type ConfigIssue = {
  readonly name: string;
  /** In words that follow the name. */
  readonly problem: string;
  readonly fix: string;
};

/** All issues of a configuration, one on each line of the message. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly issues: readonly ConfigIssue[];

  constructor(issues: readonly ConfigIssue[]) {
    const lines = issues.map(({ name, problem, fix }) => `  ${name} ${problem}. ${fix}`);
    super([`The configuration has ${issues.length} ${issues.length === 1 ? 'issue' : 'issues'}:`, ...lines].join('\n'));
    this.issues = issues;
  }
}

const parse = (schema: z.ZodType, text: string | undefined) => {
  // A line break at the end of a mounted secret would make two services disagree for no visible reason.
  if (text !== text?.trim()) return { problem: 'begins or ends with white space' };
  const { data, error } = schema.safeParse(text);
  const [issue] = error?.issues ?? [];
  if (!issue) return { value: data };
  if (text === undefined) return { problem: 'is missing' };
  // Only refinements of setting types have custom messages. The messages of Zod may quote a value.
  return { problem: issue.code === 'custom' ? issue.message : 'is not valid' };
};

/** Reads all settings, and collects every issue instead of throwing at the first. */
export const readSettings = (settings: Settings, env: Environment) => {
  const values: Record<string, unknown> = {};
  const issues: ConfigIssue[] = [];
  for (const [name, schema] of Object.entries(settings)) {
    const { expects, example, differsFrom } = describeSetting(name, schema);
    // Shells and compose files spell an absent variable as an empty one.
    const { value, problem } = parse(schema, env[name]?.trim() === '' ? undefined : env[name]);
    const isSame = differsFrom !== undefined && Boolean(value) && value === values[differsFrom];
    const fix = `Set it to ${expects}${example === undefined ? '.' : `, for example: ${example}`}`;
    if (problem !== undefined) issues.push({ name, problem, fix });
    if (isSame) issues.push({ name, problem: `is the same as ${differsFrom}`, fix });
    values[name] = value;
  }
  return { values: Object.freeze(values), issues };
};

/**
 * Reads and checks all settings at once.
 * @throws `ConfigError` with every issue, and without any value.
 */
export const load = <const S extends Settings>(settings: S, env: Environment = process.env): Config<S> => {
  const { values, issues } = readSettings(settings, env);
  if (issues.length > 0) throw new ConfigError(issues);
  return values as Config<S>;
};
