import { seed } from '@plinth/testing';
import fc from 'fast-check';
import { BSON, type Document } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { createDocumentReader } from './document-reader.ts';
import { createPageWriter } from './page-writer.ts';

const heavy = process.env['PLINTH_HEAVY'] === '1';

const fields = { id: '_id', title: 'title', at: 'createdAt', score: 'score', done: 'done', extra: 'extra' };
const bytesOf = (document: Document): Buffer => Buffer.from(BSON.serialize(document, { ignoreUndefined: true }));

/** What would be got by reading, mapping and encoding, of values that JSON has or that are times. */
const usual = (documents: readonly Buffer[], nextCursor: string | null): string => {
  const read = createDocumentReader();
  const items = documents.map((bytes) => {
    const document = read(bytes);
    return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, document[field]]));
  });
  return JSON.stringify({ items, nextCursor });
};

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.constantFrom('', '"', '\\', '\n\t\u0000', '\u2028', '\u007F', 'ÿ', '😀', '"'.repeat(5000)),
);
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(-0, 1e21, 1e-7, 5e-324),
  fc.maxSafeInteger().map((value) => BSON.Long.fromNumber(value)),
);
const value = fc.oneof(text, number, fc.boolean(), fc.constant(null), fc.date({ noInvalidDate: true }));
const anything = fc.oneof(value, fc.array(value, { maxLength: 3 }), fc.dictionary(fc.constantFrom('a', 'b'), value));

/** Documents alike: the wanted fields in one order, and others around them. */
const documentsOf = (wanted: fc.Arbitrary<unknown>): fc.Arbitrary<Document[]> =>
  fc.shuffledSubarray([...Object.values(fields), 'tenantId', 'hidden'], { minLength: 8 }).chain((names) =>
    fc.array(
      fc
        .tuple(...names.map((name) => (name === 'hidden' ? anything : wanted)))
        .map((values) => Object.fromEntries(names.map((name, at) => [name, values[at]]))),
      { maxLength: 6 },
    ),
  );

describe('page writer', () => {
  it('integrity: writes what reading, mapping and encoding would', () => {
    const write = createPageWriter(fields);
    fc.assert(
      fc.property(documentsOf(value), fc.constantFrom(null, 'a-b_c.d'), (documents, nextCursor) => {
        const stored = documents.map(bytesOf);
        expect(write(stored, nextCursor)).toBe(usual(stored, nextCursor));
      }),
      { seed, numRuns: heavy ? 20_000 : 300 },
    );
  });

  it.each(['"ü', 'ü"', '\u0000\u0080', '\u0080\u0000', '😀\n😀', '\\', '\u007F', ''])(
    'boundary: writes a text that has to be escaped, or is no ASCII, or both: %j',
    (title) => {
      const stored = [bytesOf({ _id: 'a', title, createdAt: new Date(0), score: 1, done: true, extra: 'x' })];
      expect(createPageWriter(fields)(stored, null)).toBe(usual(stored, null));
    },
  );

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a list', ['a']],
    ['an object', { a: 1 }],
    ['a number that JSON does not have', Number.NaN],
    ['one that is not exact', BSON.Long.fromBigInt(2n ** 62n)],
    ['what only MongoDB has', new BSON.ObjectId()],
  ])('boundary: leaves a page to the encoder where a field has %s', (_, extra) => {
    const write = createPageWriter(fields);
    const whole = { _id: 'a', title: 't', createdAt: new Date(0), score: 1, done: true, extra: 'x' };
    const page = [bytesOf(whole), bytesOf({ ...whole, extra }), bytesOf(whole)];
    expect(write(page, null)).toBeUndefined();
    // What it has begun does not come back.
    expect(write([bytesOf(whole)], null)).toBe(usual([bytesOf(whole)], null));
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['is cut off', (bytes) => bytes.subarray(0, 40)],
    ['has bytes after its end', (bytes) => Buffer.concat([bytes, Buffer.from([1, 0])])],
    ['has a text of no length', (bytes) => Buffer.from(bytes).fill(0, 9, 13)],
    ['has a text that is no UTF-8', (bytes) => Buffer.from(bytes).fill(0xff, 13, 14)],
  ])('integrity: leaves a page to the encoder where a document %s', (_, broken) => {
    const whole = bytesOf({ _id: 'a', title: 't', createdAt: new Date(0), score: 1, done: true, extra: 'x' });
    expect(createPageWriter(fields)([broken(whole)], null)).toBeUndefined();
  });

  it('integrity: gives a text or none for any bytes, and never fails', () => {
    const write = createPageWriter(fields);
    const whole = bytesOf({ _id: 'a', title: 't', createdAt: new Date(0), score: 1.5, done: true, extra: 'x' });
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), fc.nat(whole.length), (changes, length) => {
        const bytes = Buffer.from(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        for (const broken of [bytes, bytes.subarray(0, length)]) {
          expect(['string', 'undefined']).toContain(typeof write([broken], null));
        }
      }),
      { seed, numRuns: heavy ? 50_000 : 500 },
    );
  });

  it('boundary: writes an empty page, and one that is longer than any before', () => {
    const write = createPageWriter(fields);
    expect(write([], null)).toBe('{"items":[],"nextCursor":null}');
    const large = Array.from({ length: 40 }, (_, at) =>
      bytesOf({
        _id: `${at}`,
        title: 'ü"'.repeat(10_000),
        createdAt: new Date(at),
        score: at,
        done: false,
        extra: 'x',
      }),
    );
    expect(write(large, 'c')).toBe(usual(large, 'c'));
    expect(write(large.slice(0, 1), 'c')).toBe(usual(large.slice(0, 1), 'c'));
  });

  it('boundary: leaves names that are not plain, and items without fields, to the encoder', () => {
    const page = [bytesOf({ _id: 'a' })];
    expect(createPageWriter({ größe: '_id' })(page, null)).toBeUndefined();
    expect(createPageWriter({})(page, null)).toBeUndefined();
  });
});
