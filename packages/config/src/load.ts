import { z } from 'zod';
import { ConfigError, type ConfigIssue } from './config-error.ts';
import { type Environment, readText } from './read-text.ts';
import { type Config, describeSetting, type Settings } from './setting.ts';

const parse = (schema: z.core.$ZodType, text: string | undefined) => {
  // A line break at the end of a mounted secret would make two services disagree for no visible reason.
  if (text !== text?.trim()) return { problem: 'begins or ends with white space' };
  const { data, error } = z.safeParse(schema, text);
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
    const { text, issue } = readText(name, env);
    if (issue) {
      issues.push(issue);
      continue;
    }
    const { value, problem } = parse(schema, text);
    const isSame = differsFrom !== undefined && Boolean(value) && value === values[differsFrom];
    const fix = `Set it to ${expects}${example === undefined ? '.' : `, for example: ${example}`}`;
    if (problem !== undefined) issues.push({ name, problem, fix });
    if (isSame) issues.push({ name, problem: `is the same as ${differsFrom}`, fix });
    values[name] = value;
  }
  return { values: Object.freeze(values), issues };
};

/**
 * Reads and checks all settings together. A setting is a variable, or a file that the variable `<name>_FILE` names.
 * @throws `ConfigError` with every issue, and without any value.
 */
export const load = <const S extends Settings>(settings: S, env: Environment = process.env): Config<S> => {
  const { values, issues } = readSettings(settings, env);
  if (issues.length > 0) throw new ConfigError(issues);
  return values as Config<S>;
};
