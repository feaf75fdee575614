import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { classifiedFields, pii } from './data-class.ts';
import { IsoDate } from './iso-date.ts';
import { applyMergePatch, toMergePatch } from './merge-patch.ts';

const Thing = z.object({
  name: z.string().min(1),
  count: z.int(),
  note: pii(z.string()).optional(),
  tags: z.array(z.string()),
});
const Patch = toMergePatch(Thing);

describe('a merge patch', () => {
  it('may be empty', () => {
    expect(Patch.parse({})).toEqual({});
    expectTypeOf<z.output<typeof Patch>>().toEqualTypeOf<{
      name?: string | undefined;
      count?: number | undefined;
      note?: string | null | undefined;
      tags?: string[] | undefined;
    }>();
  });

  it('removes optional fields by null, and no others', () => {
    expect(Patch.parse({ note: null })).toEqual({ note: null });
    for (const name of ['name', 'count', 'tags']) expect(Patch.safeParse({ [name]: null }).success).toBe(false);
  });

  it('validates each field as the whole does', () => {
    expect(Patch.safeParse({ name: '' }).success).toBe(false);
    expect(Patch.safeParse({ count: 1.5 }).success).toBe(false);
  });

  it('drops unknown fields', () => {
    expect(Patch.parse({ name: 'a', version: 9, constructor: 1 })).toEqual({ name: 'a' });
  });

  it('keeps the data classes of its fields', () => {
    expect([...classifiedFields([Patch])]).toEqual([['note', 'pii']]);
  });

  it('applied as in RFC 7396, results in a valid whole', () => {
    const fields = { name: fc.string({ minLength: 1 }), count: fc.integer(), tags: fc.array(fc.string()) };
    const wholes = fc.record({ ...fields, note: fc.string() }, { requiredKeys: ['name', 'count', 'tags'] });
    const patches = fc.record({ ...fields, note: fc.option(fc.string()) }, { requiredKeys: [] });
    fc.assert(
      fc.property(wholes, patches, (whole, sent) => {
        const patch = Patch.parse(sent);
        expect(patch).toEqual(sent);
        const merged = Object.fromEntries(Object.entries({ ...whole, ...patch }).filter(([, value]) => value !== null));
        expect(Thing.safeParse(merged).success).toBe(true);
      }),
    );
  });
});

const Address = z.object({ street: z.string().min(1), city: z.string(), door: pii(z.string()).optional() });
const Place = z.object({
  name: z.string(),
  address: Address,
  billing: Address.optional(),
  opens: IsoDate.optional(),
  labels: z.record(z.string(), z.string()).optional(),
});
const PlacePatch = toMergePatch(Place);
type Place = z.output<typeof Place>;

const place: Place = { name: 'A', address: { street: 'S', city: 'C', door: '7' } };

describe('a merge patch of an object in an object', () => {
  it('has a type', () => {
    type AddressPatch = { street?: string | undefined; city?: string | undefined; door?: string | null | undefined };
    expectTypeOf<z.output<typeof PlacePatch>['address']>().toEqualTypeOf<AddressPatch | undefined>();
    expectTypeOf<z.output<typeof PlacePatch>['billing']>().toEqualTypeOf<AddressPatch | null | undefined>();
  });

  it('removes optional fields by null, and no others', () => {
    expect(PlacePatch.parse({ address: { door: null }, billing: null })).toEqual({
      address: { door: null },
      billing: null,
    });
    for (const patch of [{ address: null }, { address: { city: null } }, { address: { street: '' } }]) {
      expect(PlacePatch.safeParse(patch).success).toBe(false);
    }
  });

  it('treats unknown fields as those of the whole: it drops them, or refuses them in a strict object', () => {
    const unknown = { address: { city: 'C', planet: 'Mars' } };
    expect(PlacePatch.parse(unknown)).toEqual({ address: { city: 'C' } });
    const Strict = toMergePatch(z.object({ address: z.strictObject(Address.shape) }));
    expect(Strict.safeParse(unknown).error?.issues).toMatchObject([{ path: ['address'], keys: ['planet'] }]);
  });

  it('keeps data classes', () => {
    const Classified = toMergePatch(z.object({ home: pii(z.object({ street: z.string() })).optional() }));
    expect([...classifiedFields([Classified, PlacePatch])]).toEqual([
      ['home', 'pii'],
      ['door', 'pii'],
    ]);
  });

  it.each<[string, z.input<typeof PlacePatch>, object]>([
    ['changes one field', { address: { city: 'D' } }, { ...place, address: { street: 'S', city: 'D', door: '7' } }],
    ['removes one field', { address: { door: null } }, { ...place, address: { street: 'S', city: 'C' } }],
    ['begins an object', { billing: { street: 'T', city: 'D' } }, { ...place, billing: { street: 'T', city: 'D' } }],
    ['decodes times', { opens: '2026-01-01T00:00:00Z' }, { ...place, opens: new Date('2026-01-01T00:00:00Z') }],
    ['replaces records', { labels: { b: '2' } }, { ...place, labels: { b: '2' } }],
    ['changes nothing when it is empty', {}, place],
  ])('%s', (_, sent, expected) => {
    const before = structuredClone(place);
    expect(applyMergePatch(Place, place, PlacePatch.parse(sent))).toEqual(expected);
    expect(place).toEqual(before);
  });

  it('returns no field that the schema does not have', () => {
    const stored = { ...place, version: 7 };
    expect(applyMergePatch(Place, stored, {})).toEqual(place);
  });

  it('throws invalid-request for a result that is not valid as a whole', () => {
    const failing = () => applyMergePatch(Place, place, { billing: { city: 'D' } });
    expect(failing).toThrow('body/billing/street: is required.');
    expect(failing).toThrow(expect.objectContaining({ code: 'invalid-request', status: 400 }));
  });
});
