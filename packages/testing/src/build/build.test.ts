import { IsoDate, type Rule, SingleLineText, withRule } from '@plinth/contract-kit';
import { defineCollection, Entity } from '@plinth/data-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createId } from '../contexts.ts';
import { createArbitrary } from './arbitrary.ts';
import { build } from './build.ts';

const legal: Readonly<Record<string, z.ZodType>> = {
  'text of a length': z.string().min(3).max(5),
  'text of exactly one character': z.string().length(1),
  'text without capitals': z
    .string()
    .max(254)
    .regex(/^[^A-Z]+$/),
  'text by two patterns': z
    .string()
    .regex(/\S/)
    .regex(/^[a-f]+$/),
  'text with a refinement': SingleLineText.max(200),
  'text by a pattern that fast-check does not support': z.string().regex(/^(?!x)[^\d]*$/u),
  'an e-mail address': z.email().max(254),
  'a UUIDv7': z.uuidv7(),
  'any UUID': z.uuid(),
  'a web address': z.url(),
  'an address of IPv4 or IPv6': z.union([z.ipv4(), z.ipv6()]),
  'a day': z.iso.date(),
  'a time on the wire': IsoDate,
  'a template': z.templateLiteral(['v', z.int().min(0).max(9)]),
  'a whole number': z.int(),
  'a whole number in bounds': z.int().min(-3).max(3),
  'a number between open bounds': z.number().gt(0).lt(1),
  'a number by steps': z.number().multipleOf(0.25).min(-1).max(1),
  'a number that is coerced': z.coerce.number<number>().int().min(1).max(100),
  'a bigint': z.bigint(),
  'a date in bounds': z.date().min(new Date(0)).max(new Date(1000)),
  'a list': z.array(z.boolean()).min(1).max(3),
  'a choice': z.enum(['a', 'b']),
  'a literal': z.literal([1, 'x', null]),
  'a tuple and a record': z.tuple([z.string(), z.record(z.string().regex(/^[a-z]{1,3}$/), z.number())]),
  'a union of objects': z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('a'), size: z.number() }),
    z.object({ kind: z.literal('b') }),
  ]),
  'an intersection': z.object({ a: z.string() }).and(z.object({ b: z.number().nullable() })),
  'a strict object': z.strictObject({
    a: z.string().optional(),
    b: z.number().default(1),
    c: z.null(),
    d: z.undefined(),
  }),
  anything: z.object({ any: z.any(), unknown: z.unknown() }),
  'a value made optional, read-only or caught': z.array(z.string().optional().readonly()).catch([]),
  'a value with a preprocessor': z.preprocess((value) => value, z.string().max(3)),
  'a value that is transformed': z.string().max(3).transform(Number),
  'a lazy schema': z.lazy(() => z.boolean()),
};

describe('createArbitrary', () => {
  it.each(Object.entries(legal))('creates values that the schema accepts: %s', (_, schema) => {
    fc.assert(fc.property(createArbitrary(schema), (value) => schema.safeParse(value).success));
  });

  it('terminates for a recursive schema', () => {
    type Tree = { readonly name: string; readonly next?: Tree | undefined; readonly children: Tree[] };
    const tree: z.ZodType<Tree> = z.object({
      name: z.string(),
      get next() {
        return tree.optional();
      },
      get children() {
        return z.array(tree);
      },
    });
    fc.assert(fc.property(createArbitrary(tree), (value) => tree.safeParse(value).success));
  });

  it('omits optional fields sometimes', () => {
    const samples = fc.sample(createArbitrary(z.object({ note: z.string().optional() })), { numRuns: 200, seed: 1 });
    const present = samples.filter((sample) => 'note' in sample).length;
    expect(present).toBeGreaterThan(10);
    expect(present).toBeLessThan(190);
  });

  it('throws the path of a field for which it finds no random value', () => {
    const rare = z.object({ code: z.string().refine((text) => text === 'open sesame', 'must be the word') });
    expect(() => createArbitrary(rare, 'door')).toThrow(
      "No random value of 'door.code' satisfies its schema (must be the word)",
    );
    expect(() => createArbitrary(z.object({ file: z.file() }), 'upload')).toThrow("'upload.file' is a file");
    const endless: z.ZodType = z.object({
      get self() {
        return endless;
      },
    });
    expect(() => createArbitrary(endless)).toThrow(/recursive without an end/);
  });
});

type Sum = { total: number; parts: number[] };
const sumsUp: Rule<Sum> = {
  field: 'total',
  code: 'wrong-total',
  message: 'must be the sum of parts',
  holds: ({ total, parts }) => total === parts.reduce((sum, part) => sum + part, 0),
  repair: ({ parts }) => ({ total: parts.reduce((sum, part) => sum + part, 0) }),
};
const parts = z.array(z.int().min(0).max(99));
const inOrder: Rule<{ from: Date; to: Date }> = {
  field: 'to',
  code: 'ends-before-start',
  message: 'must be after from',
  holds: ({ from, to }) => to > from,
  repair: ({ from }) => ({ to: new Date(from.getTime() + 1) }),
};

describe('a rule over several fields', () => {
  const Period = z.object({ from: IsoDate, to: IsoDate, total: z.number(), parts });
  const Ruled = z.object({ nested: withRule(withRule(Period, inOrder), sumsUp).optional() });

  it('is kept by arbitrary values, even where hardly any random value would keep it', () => {
    fc.assert(fc.property(createArbitrary(Ruled), (value) => Ruled.safeParse(value).success));
  });

  it('is kept by drafts, and by their overrides', () => {
    const sums = defineCollection('sums', withRule(Entity.extend({ total: z.number(), parts }), sumsUp), {
      tenancy: 'tenant',
      indexes: {},
    });
    for (let run = 0; run < 20; run += 1) {
      expect(sumsUp.holds(build(sums))).toBe(true);
      expect(build(sums, { parts: [1, 2] })).toEqual({ total: 3, parts: [1, 2] });
    }
    expect(() => build(sums, { parts: [1, 2], total: 4 })).toThrow('total: must be the sum of parts');
  });

  it('boundary: an override of the repaired field is kept while other random values keep the rule', () => {
    const Stay = withRule(Entity.extend({ from: z.date(), to: z.date() }), inOrder);
    const stays = defineCollection('stays', Stay, { tenancy: 'tenant', indexes: {} });
    const to = new Date('5000-01-01');
    expect(build(stays, { to }).to).toEqual(to);
  });
});

const Account = Entity.extend({
  email: z.email(),
  emailKey: z
    .string()
    .max(254)
    .regex(/^[^A-Z]+$/),
  stock: z.int().min(0),
  note: z.string().optional(),
});
const accounts = defineCollection('accounts', Account, { tenancy: 'tenant', indexes: {} });

describe('build', () => {
  it('creates valid drafts without the fields that the collection sets', () => {
    for (let run = 0; run < 50; run += 1) {
      const draft = build(accounts);
      const entity = {
        _id: createId(),
        tenantId: createId(),
        version: 1,
        createdAt: new Date(),
        updatedAt: new Date(),
      };
      expect(z.strictObject(Account.shape).safeParse({ ...draft, ...entity }).success).toBe(true);
      expect(draft).not.toHaveProperty('tenantId');
    }
  });

  it('uses overrides, and omits a field whose override is undefined', () => {
    expect(build(accounts, { stock: 7, note: 'kept' })).toMatchObject({ stock: 7, note: 'kept' });
    for (let run = 0; run < 20; run += 1) expect(build(accounts, { note: undefined })).not.toHaveProperty('note');
  });

  it('creates drafts with different unique values, even when there are few', () => {
    const flags = defineCollection(
      'flags',
      Entity.extend({ letter: z.string().length(1), shade: z.int().min(0).max(3) }),
      {
        tenancy: 'tenant',
        indexes: { byLetter: { fields: ['letter', 'shade'], unique: 'letter-taken' } },
      },
    );
    const drafts = Array.from({ length: 60 }, () => build(flags, {}));
    expect(new Set(drafts.map(({ letter, shade }) => `${letter}${shade}`)).size).toBe(60);
  });

  it('rejects an invalid override and one of an unknown field', () => {
    expect(() => build(accounts, { stock: -1 })).toThrow(/'accounts' is not valid \(stock: /);
    expect(() => build(accounts, { colour: 'red' } as object)).toThrow(
      "'colour' is not a field of a draft of 'accounts'",
    );
    expect(() => build(accounts, { version: 2 } as object)).toThrow("'version' is not a field");
  });

  it('requires overrides for a rule about several fields', () => {
    const Period = Entity.extend({ from: z.int(), to: z.int() }).refine(
      ({ from, to }) => from + 1 === to,
      'must follow',
    );
    const periods = defineCollection('periods', Period, { tenancy: 'tenant', indexes: {} });
    expect(() => build(periods)).toThrow(/must follow.*overrides/);
    expect(build(periods, { from: 1, to: 2 })).toEqual({ from: 1, to: 2 });
  });
});
