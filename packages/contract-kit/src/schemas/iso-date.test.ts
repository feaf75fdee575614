import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { IsoDate } from './iso-date.ts';

describe('IsoDate', () => {
  it('is a Date in actions and text in UTC on the wire', () => {
    const time = '2026-01-31T09:30:00.000Z';
    expect(z.decode(IsoDate, time)).toEqual(new Date(time));
    expect(z.encode(IsoDate, new Date(time))).toBe(time);
  });

  it.each([
    ['2026-01-31T09:30:00Z', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T09:30:00+00:00', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T09:30:00-00:00', '2026-01-31T09:30:00.000Z'],
    ['2026-01-31T00:30:00+01:00', '2026-01-30T23:30:00.000Z'],
    ['2026-01-31T23:30:00.5-09:30', '2026-02-01T09:00:00.500Z'],
    ['2026-01-31t09:30:00.123456789z', '2026-01-31T09:30:00.123Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2017-01-01T00:59:60.25+01:00', '2017-01-01T00:00:00.250Z'],
  ])('accepts %s', (text, expected) => {
    expect(IsoDate.parse(text).toISOString()).toBe(expected);
  });

  it('accepts an offset whose plus a query string turned into a space', () => {
    expect(IsoDate.parse('2026-01-31T09:30:00 00:00')).toEqual(new Date('2026-01-31T09:30:00Z'));
  });

  it.each([
    '2026-01-31T09:30:00',
    '2026-01-31T09:30Z',
    '2026-01-31 09:30:00Z',
    '2026-01-31',
    '2025-02-29T00:00:00Z',
    '2026-01-31T24:00:00Z',
    '2026-01-31T09:30:00+24:00',
    '2026-01-31T09:30:00+0100',
    '1769851800000',
    '',
  ])('refuses %j and says that an offset is needed', (text) => {
    expect(IsoDate.safeParse(text).error?.issues).toMatchObject([
      { message: 'must be an RFC 3339 time, which needs an offset such as Z' },
    ]);
  });

  it('refuses to send an invalid date', () => {
    expect(z.safeEncode(IsoDate, new Date(Number.NaN)).success).toBe(false);
  });

  it('is documented by its format, without a pattern', () => {
    const { description: _, $schema: __, ...schema } = z.toJSONSchema(IsoDate, { io: 'input' });
    expect(schema).toEqual({ type: 'string', format: 'date-time' });
  });
});
