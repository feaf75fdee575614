import fc from 'fast-check';
import type { Constraints } from './constraints.ts';

const optional = <K extends string>(key: K, value: number | undefined): { [P in K]?: number } =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: number };

const firstDay = new Date('0001-01-01T00:00:00.000Z');
const lastDay = new Date('9999-12-31T23:59:59.999Z');

export const createDates = ({ min, max }: Constraints): fc.Arbitrary<Date> =>
  fc.date({
    min: min === undefined ? firstDay : new Date(min),
    max: max === undefined ? lastDay : new Date(max),
    noInvalidDate: true,
  });

const times = createDates({ patterns: [] }).map((date) => date.toISOString());
const label = /^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/;
const mailbox = /^[A-Za-z0-9]{1,12}([._+-][A-Za-z0-9]{1,8})?$/;

/** Arbitraries of formats whose patterns are too complex for fast-check. They are created on demand: that of URLs takes a second. */
const formatArbitraries: Readonly<Record<string, () => fc.Arbitrary<string>>> = {
  email: () =>
    fc
      .tuple(fc.stringMatching(mailbox), fc.stringMatching(label), fc.constantFrom('com', 'Example', 'co.uk'))
      .map(([local, host, top]) => `${local}@${host}.${top}`),
  uuid: () => fc.oneof(fc.uuid({ version: 7 }), fc.uuid()),
  datetime: () => times,
  'date-time': () => times,
  date: () => times.map((time) => time.slice(0, 10)),
  url: () => fc.webUrl(),
  ipv4: () => fc.ipV4(),
  ipv6: () => fc.ipV6(),
};

/** Arbitraries of texts, by their constraints. Creating one takes longer than creating hundreds of its values. */
const cache = new Map<string, readonly fc.Arbitrary<string>[]>();

const createOnce = (key: string, create: () => readonly fc.Arbitrary<string>[]): readonly fc.Arbitrary<string>[] => {
  const arbitraries = cache.get(key) ?? create();
  cache.set(key, arbitraries);
  return arbitraries;
};

/** Text of legal length: mostly ASCII, sometimes any characters, including NUL. */
const createByLength = ({ min, max }: Constraints): readonly fc.Arbitrary<string>[] =>
  createOnce(`${min} ${max}`, () => {
    const length = { ...optional('minLength', min), ...optional('maxLength', max) };
    const create = (unit: 'grapheme-ascii' | 'grapheme' | 'binary') => fc.string({ unit, ...length });
    return [fc.oneof({ weight: 3, arbitrary: create('grapheme-ascii') }, create('grapheme'), create('binary'))];
  });

const createByPattern = (pattern: RegExp): readonly fc.Arbitrary<string>[] =>
  createOnce(String(pattern), () => {
    try {
      return [fc.stringMatching(pattern)];
    } catch {
      // fast-check does not support the pattern; the values of the other arbitraries are filtered by it.
      return [];
    }
  });

const createByFormat = (format: string): readonly fc.Arbitrary<string>[] =>
  createOnce(format, () => {
    const create = formatArbitraries[format];
    return create ? [create()] : [];
  });

/** Creates candidates for a text; the caller filters them by the schema. */
export const createStrings = (constraints: Constraints): fc.Arbitrary<string> =>
  createByFormat(constraints.format ?? '')[0] ??
  fc.oneof(...createByLength(constraints), ...constraints.patterns.flatMap(createByPattern));

export const createNumbers = ({ min, max, step, format }: Constraints): fc.Arbitrary<number> => {
  if (step !== undefined) {
    const bounds = { min: Math.ceil((min ?? -1e9) / step), max: Math.floor((max ?? 1e9) / step) };
    return fc.integer(bounds).map((count) => count * step);
  }
  if (format?.includes('int')) {
    const lowest = format === 'uint32' ? 0 : Number.MIN_SAFE_INTEGER;
    return fc.integer({
      min: Math.max(Math.ceil(min ?? -Infinity), lowest),
      max: Math.min(Math.floor(max ?? Infinity), Number.MAX_SAFE_INTEGER),
    });
  }
  return fc.double({ ...optional('min', min), ...optional('max', max), noNaN: true, noDefaultInfinity: true });
};
