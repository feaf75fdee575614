import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { classifiedFields, pii } from './data-class.ts';
import { toMergePatch } from './merge-patch.ts';

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

  it('refuses at boot a field that is an object', () => {
    expect(() => toMergePatch(z.object({ address: z.object({ city: z.string() }) }))).toThrow(
      "The field 'address' is an object, which a merge patch would merge",
    );
    expect(() => toMergePatch(z.object({ address: z.object({ city: z.string() }).optional() }))).toThrow("'address'");
  });
});
