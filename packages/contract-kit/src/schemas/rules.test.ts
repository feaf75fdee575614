import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { IsoDate } from './iso-date.ts';
import { applyMergePatch, toMergePatch } from './merge-patch.ts';
import { getRules, type Rule, withRule } from './rules.ts';

const endsAfterStart: Rule<{ startsAt: Date; endsAt: Date }> = {
  field: 'endsAt',
  code: 'ends-before-start',
  message: 'must be after startsAt',
  holds: ({ startsAt, endsAt }) => endsAt > startsAt,
  repair: ({ startsAt }) => ({ endsAt: new Date(startsAt.getTime() + 60_000) }),
};
const Fields = z.object({ room: z.string(), startsAt: IsoDate, endsAt: IsoDate });
const Booking = withRule(Fields.describe('A booking.'), endsAfterStart).meta({ id: 'RuledBooking' });

const [noon, one] = ['2026-01-01T12:00:00.000Z', '2026-01-01T13:00:00.000Z'] as const;

describe('a rule over several fields', () => {
  it('accepts what keeps it, in both directions', () => {
    const booking = Booking.parse({ room: 'a', startsAt: noon, endsAt: one });
    expect(z.encode(Booking, booking)).toEqual({ room: 'a', startsAt: noon, endsAt: one });
  });

  it('reports its field, code and message', () => {
    const { error } = Booking.safeParse({ room: 'a', startsAt: one, endsAt: noon });
    expect(error?.issues).toMatchObject([
      { path: ['endsAt'], message: 'must be after startsAt', params: { code: 'ends-before-start' } },
    ]);
  });

  it('boundary: is not reported together with an invalid field', () => {
    const { error } = Booking.safeParse({ room: 'a', startsAt: one, endsAt: 'noon' });
    expect(error?.issues).toMatchObject([{ path: ['endsAt'], code: 'invalid_format' }]);
  });

  it('is reported with the other rules that are broken', () => {
    const All = withRule(Booking, { ...endsAfterStart, field: 'startsAt', code: 'again' });
    const { error } = All.safeParse({ room: 'a', startsAt: one, endsAt: noon });
    expect(error?.issues.map(({ path }) => path)).toEqual([['endsAt'], ['startsAt']]);
  });

  it('is described in the reference, after the text of the schema', () => {
    expect(Booking.meta()).toEqual({ id: 'RuledBooking', description: 'A booking. `endsAt` must be after startsAt.' });
    const Named = z.toJSONSchema(Booking, { io: 'input', unrepresentable: 'any' }).$defs?.['RuledBooking'];
    expect(Named).toMatchObject({ description: Booking.meta()?.description });
  });

  it('is found by generators, alone or among several', () => {
    const twice = withRule(Booking, { ...endsAfterStart, code: 'again' });
    expect(getRules(twice).map(({ code }) => code)).toEqual(['ends-before-start', 'again']);
    expect(getRules(Fields)).toEqual([]);
    expect(getRules(z.string().min(1))).toEqual([]);
  });

  it('integrity: is checked on the result of a merge patch, not on the patch', () => {
    const whole = Booking.parse({ room: 'a', startsAt: noon, endsAt: one });
    const patch = toMergePatch(Booking).parse({ endsAt: '2026-01-01T11:00:00Z' });
    expect(() => applyMergePatch(Booking, whole, patch)).toThrow('body/endsAt: must be after startsAt.');
    expect(applyMergePatch(Booking, whole, { endsAt: new Date(one) })).toEqual(whole);
  });

  it('names fields of its object only', () => {
    // @ts-expect-error -- the schema has no field 'startsAt'
    withRule(z.object({ endsAt: IsoDate }), endsAfterStart);
    // @ts-expect-error -- the field has another type
    withRule(z.object({ startsAt: IsoDate, endsAt: z.string() }), endsAfterStart);
    // @ts-expect-error -- 'until' is not a field
    withRule(Fields, { ...endsAfterStart, field: 'until' });
  });
});
