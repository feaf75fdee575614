import { nearMiss } from './near-miss.ts';
import { generateCommand } from './secret.ts';
import type { Config, Setting, Settings } from './setting.ts';

/** The variables of a process: names and texts. */
export type Environment = { readonly [name: string]: string | undefined };

/** One setting that cannot be used. It never holds the value, nor a part of it. */
export type Fault = {
  readonly name: string;
  /** What is wrong, in words that follow the name. */
  readonly problem: string;
  /** What to do about it. */
  readonly fix: string;
};

/** All faults of a configuration at once, one on each line of the message. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const lines = faults.map(({ name, problem, fix }) => `  ${name} ${problem}. ${fix}`);
    super(
      [`The configuration has ${faults.length === 1 ? '1 fault' : `${faults.length} faults`}:`, ...lines].join('\n'),
    );
    this.faults = faults;
  }
}

type Named = { readonly name: string; readonly setting: Setting };

const toFault = ({ name, setting }: Named, problem: string): Fault => ({
  name,
  problem,
  fix: setting.secret
    ? `Set it to ${setting.expects}; make one with: ${generateCommand}`
    : `Set it to ${setting.expects}, for example: ${setting.example}`,
});

const missing = (named: Named, others: readonly string[]): Fault => {
  const near = nearMiss(named.name, others);
  return toFault(named, near === undefined ? 'is missing' : `is missing (${near} is set: is it misspelt?)`);
};

const deepFreeze = <T>(value: T): T => {
  const plain = Array.isArray(value) || Object.prototype.toString.call(value) === '[object Object]';
  if (!plain || Object.isFrozen(value)) return value;
  for (const child of Object.values(Object.freeze(value) as object)) deepFreeze(child);
  return value;
};

const assertName = (name: string): void => {
  if (!/^[A-Z][A-Z0-9_]*$/.test(name)) throw new TypeError(`'${name}' is no name for a setting: use CAPITALS_AND_1.`);
};

/**
 * Reads and checks all settings at once.
 * @throws ConfigError that names every fault, without any value.
 */
export const load = <const S extends Settings>(settings: S, env: Environment = process.env): Config<S> => {
  const values: Record<string, unknown> = {};
  const faults: Fault[] = [];
  // Misspelling is looked for among the names that are set and that nobody declared.
  const others = Object.keys(env).filter((name) => !Object.hasOwn(settings, name));
  for (const [name, setting] of Object.entries(settings)) {
    assertName(name);
    const given = env[name] ?? '';
    // An empty variable is how shells and compose files spell an absent one.
    const source = given.trim() === '' ? setting.defaultText : given;
    if (source === undefined) {
      if (!setting.optional) faults.push(missing({ name, setting }, others));
      values[name] = undefined;
      continue;
    }
    if (source !== source.trim()) {
      // A stray line end in a mounted secret would make two services disagree, and nobody could see why.
      faults.push(toFault({ name, setting }, 'begins or ends with white space'));
      continue;
    }
    const result = setting.schema.safeParse(source);
    if (result.success) values[name] = deepFreeze(result.data);
    else faults.push(toFault({ name, setting }, result.error.issues[0]?.message ?? 'is not valid'));
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(values) as Config<S>;
};
