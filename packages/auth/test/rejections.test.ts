import type { ApiError } from '@plinth/contract-kit';
import { describe, expect, it } from 'vitest';
import { parseBearerToken, Rejection } from '../src/index.ts';
import {
  createTestVerifier,
  createToken,
  ed25519,
  encode,
  foreignKey,
  goodClaims,
  key,
  startSeconds,
  subject,
} from './tokens.ts';

/** Returns the reason of a refusal and the key that the token names. */
const getRejection = async (verify: () => unknown): Promise<unknown> => {
  try {
    return await verify();
  } catch (error) {
    const { cause } = error as ApiError;
    return cause instanceof Rejection ? { reason: cause.reason, kid: cause.kid } : error;
  }
};

const past = { iat: startSeconds - 900, nbf: startSeconds - 900, exp: startSeconds };

describe('the rejection of a token', () => {
  it.each([
    ['another algorithm', 'algorithm', createToken({ header: { alg: 'HS256' } })],
    [
      'an untrusted key',
      'unknown-key',
      createToken({ header: { kid: 'other' }, signing: ed25519(foreignKey) }),
      'other',
    ],
    ['another signature', 'signature', createToken({ signing: ed25519(foreignKey) })],
    ['another audience', 'claims', createToken({ claims: { aud: 'other' } })],
    ['too many roles', 'claims', createToken({ claims: { roles: Array.from({ length: 33 }, () => 'owner') } })],
    ['an expired token', 'expired', createToken({ claims: past })],
    ['an unknown header field', 'malformed', createToken({ header: { jku: 'https://evil.example' } }), undefined],
    ['a text that is not a token', 'malformed', 'a.b', undefined],
    ['a long token', 'malformed', 'a'.repeat(9000), undefined],
    ['a key name with a line break', 'unknown-key', createToken({ header: { kid: 'a\nb' } }), undefined],
    ['a long key name', 'unknown-key', createToken({ header: { kid: 'k'.repeat(129) } }), undefined],
  ])('for %s has the reason %s, and the key that the token names', async (_, reason, token, ...kids) => {
    const kid = kids.length > 0 ? kids[0] : key.kid;
    expect(await getRejection(() => createTestVerifier().verify(token))).toEqual({ reason, kid });
  });

  it('names the key of a token that was verified before and has expired or was revoked', async () => {
    const { verify, clock, revocations } = createTestVerifier();
    const token = createToken();
    await verify(token);
    const { tenantId, id } = subject;
    revocations.revoke({ tenantId, subject: id, at: clock.now(), rolesOnly: true });
    expect(await getRejection(() => verify(token))).toEqual({ reason: 'revoked', kid: key.kid });
    clock.forward(goodClaims.exp - startSeconds);
    expect(await getRejection(() => verify(token))).toEqual({ reason: 'expired', kid: key.kid });
  });

  it('for a header without a bearer token is malformed', async () => {
    const malformed = { reason: 'malformed', kid: undefined };
    expect(await getRejection(() => parseBearerToken('Basic YTpi'))).toEqual(malformed);
  });

  it('contains no claim and no signature', async () => {
    const token = createToken({ claims: { aud: 'other' } });
    const error = await Promise.resolve(createTestVerifier().verify(token)).catch((thrown: ApiError) => thrown);
    const text = JSON.stringify([error, (error as ApiError).cause, (error as ApiError).message]);
    for (const part of [...token.split('.').slice(1), subject.id, encode(goodClaims)]) expect(text).not.toContain(part);
  });
});
