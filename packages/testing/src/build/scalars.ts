import fc from 'fast-check';
import type { Facts } from './facts.ts';

const optional = <K extends string>(key: K, value: number | undefined): { [P in K]?: number } =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: number };

const firstDay = new Date('0001-01-01T00:00:00.000Z');
const lastDay = new Date('9999-12-31T23:59:59.999Z');

export const dateOf = ({ least, most }: Facts): fc.Arbitrary<Date> =>
  fc.date({
    min: least === undefined ? firstDay : new Date(least),
    max: most === undefined ? lastDay : new Date(most),
    noInvalidDate: true,
  });

const times = dateOf({ patterns: [] }).map((date) => date.toISOString());
const label = /^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/;
const mailbox = /^[A-Za-z0-9]{1,12}([._+-][A-Za-z0-9]{1,8})?$/;

/** Generators for formats whose pattern is more than a generator can follow. */
const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
  email: fc
    .tuple(fc.stringMatching(mailbox), fc.stringMatching(label), fc.constantFrom('com', 'Example', 'co.uk'))
    .map(([local, host, top]) => `${local}@${host}.${top}`),
  uuid: fc.oneof(fc.uuid({ version: 7 }), fc.uuid()),
  datetime: times,
  'date-time': times,
  date: times.map((time) => time.slice(0, 10)),
  url: fc.webUrl(),
  ipv4: fc.ipV4(),
  ipv6: fc.ipV6(),
};

/** Text of legal length: mostly plain, sometimes of any character that there is, also NUL. */
const texts = ({ least, most }: Facts): fc.Arbitrary<string> => {
  const length = { ...optional('minLength', least), ...optional('maxLength', most) };
  const of = (unit: 'grapheme-ascii' | 'grapheme' | 'binary') => fc.string({ unit, ...length });
  return fc.oneof({ weight: 3, arbitrary: of('grapheme-ascii') }, of('grapheme'), of('binary'));
};

const matching = (pattern: RegExp): readonly fc.Arbitrary<string>[] => {
  try {
    return [fc.stringMatching(pattern)];
  } catch {
    // It uses a construct that fast-check does not know; what the other generators give is tried against it.
    return [];
  }
};

/** Candidates for a text; the caller keeps those that the schema accepts. */
export const stringOf = (facts: Facts): fc.Arbitrary<string> =>
  formats[facts.format ?? ''] ?? fc.oneof(texts(facts), ...facts.patterns.flatMap(matching));

export const numberOf = ({ least, most, step, format }: Facts): fc.Arbitrary<number> => {
  if (step !== undefined) {
    const bounds = { min: Math.ceil((least ?? -1e9) / step), max: Math.floor((most ?? 1e9) / step) };
    return fc.integer(bounds).map((count) => count * step);
  }
  if (format?.includes('int')) {
    const min = Math.max(Math.ceil(least ?? -Infinity), format === 'uint32' ? 0 : Number.MIN_SAFE_INTEGER);
    return fc.integer({ min, max: Math.min(Math.floor(most ?? Infinity), Number.MAX_SAFE_INTEGER) });
  }
  return fc.double({ ...optional('min', least), ...optional('max', most), noNaN: true, noDefaultInfinity: true });
};
