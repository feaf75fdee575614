import { expect, it } from 'vitest';
import { parseBearerToken } from '../index.ts';

it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('reads the token after the scheme %s', (scheme) => {
  expect(parseBearerToken(`${scheme} a.b-c_d.e`)).toBe('a.b-c_d.e');
});

it('returns undefined without a header', () => {
  expect(parseBearerToken(undefined)).toBeUndefined();
});

it.each([
  '',
  ' ',
  'Bearer',
  'Bearer ',
  'Bearer  a.b.c',
  ' Bearer a.b.c',
  'Bearer a.b.c ',
  'Bearer\ta.b.c',
  'Bearer a.b.c d',
  'Bearer a.b.c,Bearer d.e.f',
  'Bearer a.b.c\n',
  'Bearer a.b.c\r\nX-Tenant: other',
  'Bearer\u00a0a.b.c',
  'Basic YTpi',
  'Bearera.b.c',
  'a.b.c',
  'Token a.b.c',
])('rejects the header %j and says what is right', (header) => {
  const detail = 'The Authorization header is not `Bearer`, one space and one token.';
  expect(() => parseBearerToken(header)).toThrow(
    expect.objectContaining({ status: 401, code: 'unauthenticated', detail }),
  );
});
