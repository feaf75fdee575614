import { seed } from '@plinth/testing';
import fc from 'fast-check';
import { BSON, type Document } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { createDocumentReader } from './document-reader.ts';

const heavy = process.env['PLINTH_HEAVY'] === '1';

const bytesOf = (document: Document): Buffer => Buffer.from(BSON.serialize(document));
const nul = String.fromCharCode(0);

const name = fc.oneof(
  fc.constantFrom('_id', 'tenantId', 'name', 'version', '__proto__', '$ref', '$id', 'grüße', '名前', ''),
  fc.string({ unit: 'binary' }).filter((text) => !text.includes(nul)),
);

const ordinary = [
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\uFFFD', 'ÿ', '😀', nul, `a${nul}b`),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.date(),
  fc
    .integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER })
    .map((value) => BSON.Long.fromNumber(value)),
];
const odd = [
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => BSON.Long.fromBigInt(value)),
  fc.uint8Array().map((bytes) => new BSON.Binary(bytes)),
  fc.constantFrom(new BSON.ObjectId(), BSON.Decimal128.fromString('1.5'), new BSON.MinKey(), /a+/i),
];

const documents = (values: readonly fc.Arbitrary<unknown>[]): fc.Arbitrary<Document> =>
  fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, ...values, tie('document'), fc.array(tie('value'), { maxLength: 4 })),
    document: fc.array(fc.tuple(name, tie('value')), { maxLength: 6 }).map((entries) => {
      const document: Document = {};
      for (const [key, value] of entries) {
        Object.defineProperty(document, key, { value, enumerable: true, configurable: true, writable: true });
      }
      return document;
    }),
  })).document as fc.Arbitrary<Document>;

const outcomeOf = (read: () => Document): unknown => {
  try {
    return read();
  } catch {
    return 'refused';
  }
};

describe('document reader', () => {
  it('integrity: reads what the driver reads, of documents of any kind', () => {
    const read = createDocumentReader();
    fc.assert(
      fc.property(documents([...ordinary, ...odd]), (document) => {
        const bytes = bytesOf(document);
        expect(outcomeOf(() => read(bytes))).toStrictEqual(outcomeOf(() => BSON.deserialize(bytes)));
      }),
      { seed, numRuns: heavy ? 200_000 : 2000 },
    );
  }, 180_000);

  it('integrity: of bytes that are no document it never makes one that the driver does not make', () => {
    const read = createDocumentReader();
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(documents(ordinary), fc.array(change, { minLength: 1, maxLength: 3 }), (document, changes) => {
        const bytes = bytesOf(document);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        expect(outcomeOf(() => read(bytes))).toStrictEqual(outcomeOf(() => BSON.deserialize(bytes)));
      }),
      { seed, numRuns: heavy ? 400_000 : 4000 },
    );
  }, 180_000);

  it('boundary: the whole range of safe integers, dates at both ends, the empty document', () => {
    const read = createDocumentReader();
    const document = {
      most: BSON.Long.fromNumber(Number.MAX_SAFE_INTEGER),
      least: BSON.Long.fromNumber(Number.MIN_SAFE_INTEGER),
      more: BSON.Long.fromBigInt(2n ** 53n + 1n),
      int: -(2 ** 31),
      first: new Date(-8.64e15),
      last: new Date(8.64e15),
    };
    for (const each of [document, {}]) expect(read(bytesOf(each))).toStrictEqual(BSON.deserialize(bytesOf(each)));
  });

  it('boundary: more names than are kept', () => {
    const read = createDocumentReader();
    for (let round = 0; round < 3; round += 1) {
      const document = Object.fromEntries(Array.from({ length: 1500 }, (_, at) => [`key ${round} ${at}`, at]));
      expect(read(bytesOf(document))).toEqual(document);
    }
  });

  it('race: documents of another shape in between change nothing', () => {
    const read = createDocumentReader();
    const shapes = [{ a: 1, b: 'x' }, { b: 'y', a: 2, c: { a: 3 } }, { a: 4 }, { ab: 5, b: [{ a: 6 }] }];
    for (let round = 0; round < 3; round += 1) {
      for (const shape of shapes) expect(read(bytesOf(shape))).toEqual(shape);
    }
  });
});
