import { createRandom } from '@plinth/testing';
import fc from 'fast-check';

/** Texts that break careless code. */
export const naughty = [
  '',
  ' ',
  '\0',
  '\r\nSet-Cookie: a=b',
  '%',
  '..',
  '../../etc/passwd',
  '__proto__',
  'constructor',
  '$where',
  '{"$gt":""}',
  'null',
  'undefined',
  'NaN',
  '-1',
  '1e309',
  '9007199254740993',
  '\u202e',
  '\ufeff',
  'Ω≈ç√∫',
  '田中さん',
  '👩‍👩‍👧‍👦',
  '\ud800',
  "' OR 1=1 --",
  '<script>alert(1)</script>',
  'a'.repeat(5000),
] as const;

/** Random choices, the same for the same seed. */
export const createChoices = (seed: number) => {
  const next = createRandom(seed);
  const choices = {
    number: (count: number): number => next() % count,
    chance: (share: number): boolean => next() / 2 ** 32 < share,
    pick: <T>(items: readonly T[]): T => items[next() % items.length] as T,
    shuffle: <T>(items: readonly T[]): T[] =>
      items
        .map((item) => [next(), item] as const)
        .toSorted(([left], [right]) => left - right)
        .map(([, item]) => item),
    sample: <T>(arbitrary: fc.Arbitrary<T>): T => fc.sample(arbitrary, { numRuns: 1, seed: next() | 0 })[0] as T,
    text: (): string => (choices.chance(0.7) ? choices.pick(naughty) : choices.sample(fc.string({ unit: 'binary' }))),
  };
  return choices;
};
export type Choices = ReturnType<typeof createChoices>;

type Path = readonly (string | number)[];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !(value instanceof Date);

/** Returns the names of all fields inside a value. */
export const listNames = (value: unknown): string[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([name, field]) => [name, ...listNames(field)])
    : [];

/** Returns the path of each value inside a value. */
export const listPaths = (value: unknown, path: Path = []): Path[] =>
  isObject(value)
    ? Object.entries(value).flatMap(([name, inner]) => {
        const at = [...path, Array.isArray(value) ? Number(name) : name];
        return [at, ...listPaths(inner, at)];
      })
    : [];

/** Returns a copy with another value at a path; undefined removes it. */
export const replaceAt = (value: unknown, [name, ...rest]: Path, next: unknown): unknown => {
  if (name === undefined) return next;
  const inner = (value as Record<string | number, unknown>)[name];
  const replaced = replaceAt(inner, rest, next);
  if (Array.isArray(value))
    return value.flatMap((item, index) => (index !== name ? [item] : replaced === undefined ? [] : [replaced]));
  // A null prototype, because `__proto__` is a field like others in JSON.
  return Object.assign(Object.create(null), value, { [name]: replaced });
};

/** Replaces, removes, repeats or adds one value anywhere inside a valid one. */
export const breakOnce = (value: unknown, choices: Choices): unknown => {
  const paths = listPaths(value);
  if (paths.length === 0) return choices.pick([{ [choices.text()]: 1 }, null, [], 'x', { extra: {} }]);
  const path = choices.pick(paths);
  const old = path.reduce<unknown>((inner, name) => (inner as Record<string | number, unknown>)[name], value);
  const others = [
    undefined,
    null,
    true,
    choices.text(),
    choices.pick([-1, 0, 0.5, 1e308, 2 ** 53, -(2 ** 53), 1e-9]),
    [old],
    { $gt: old },
    {},
    [],
    ...(Array.isArray(old) ? [[...old, ...old], Array.from({ length: 200 }, () => old[0])] : []),
    ...(typeof old === 'string' ? [`${old}\0`, `${old} `, old.toUpperCase(), old.slice(0, -1)] : []),
    ...(isObject(old) && !Array.isArray(old) ? [{ ...old, [choices.text()]: 1 }] : []),
  ];
  return replaceAt(value, path, choices.pick(others));
};
