import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Id, NoContent, WellFormed } from './text.ts';

describe('Id', () => {
  it('accepts a UUIDv7 in lower case', () => {
    expect(Id.parse('019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d')).toBe('019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d');
  });

  it.each([
    ['upper case', '019389AA-5E5F-7C1D-9D3F-7F1E2A3B4C5D'],
    ['version 4', '019389aa-5e5f-4c1d-9d3f-7f1e2a3b4c5d'],
    ['a variant that no UUIDv7 has', '019389aa-5e5f-7c1d-cd3f-7f1e2a3b4c5d'],
    ['no dashes', '019389aa5e5f7c1d9d3f7f1e2a3b4c5d'],
    ['a digit too few', '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5'],
    ['a line break behind it', '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d\n'],
    ['something before it', 'x019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d'],
    ['nothing', ''],
    ['an operator', { $ne: '' }],
  ])('refuses %s', (_, id) => {
    expect(Id.safeParse(id).success).toBe(false);
  });

  it('says in the reference that it is a UUID', () => {
    expect(z.toJSONSchema(Id)).toMatchObject({ type: 'string', format: 'uuid' });
  });
});

describe('WellFormed', () => {
  it.each(['', 'Ada', 'Zoë', '😀', 'a\u0000b'])('accepts %j', (text) => {
    expect(WellFormed.parse(text)).toBe(text);
  });

  it.each([
    ['a high surrogate alone', 'a\ud83d'],
    ['a low surrogate alone', '\ude00a'],
    ['surrogates in the wrong order', '\ude00\ud83d'],
  ])('refuses %s, which would be read back as U+FFFD', (_, text) => {
    expect(WellFormed.safeParse(text).error?.issues[0]?.message).toBe('must be well-formed Unicode');
  });

  it('still refuses after it was made longer or shorter', () => {
    expect(WellFormed.min(1).max(9).safeParse('a\ud83d').success).toBe(false);
  });
});

describe('NoContent', () => {
  it('accepts nothing but nothing', () => {
    expect(NoContent.safeParse(undefined).success).toBe(true);
    expect(NoContent.safeParse({}).success).toBe(false);
  });
});
