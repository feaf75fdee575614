import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createWorld } from './test/world.ts';

const day = 24 * 60 * 60 * 1000;
const getCode = (error: unknown): unknown => (error as { code?: string }).code;

it.each([
  ['at the end of ten seconds', 10_000, undefined],
  ['later', 10_001, 'refresh-token-reused'],
])('boundary: the direct predecessor gets the same successor %s', async (_, ms, code) => {
  const { openSession, refresh, db } = createWorld();
  const { refreshToken } = await openSession();
  const successor = (await refresh(refreshToken)).refreshToken;
  db.clock.advance(ms);
  const repeated = await refresh(refreshToken).catch((error: unknown) => error);
  if (code === undefined) expect(repeated).toMatchObject({ refreshToken: successor });
  else expect(getCode(repeated)).toBe(code);
  expect(db.sessions.all()).toMatchObject([{ status: code === undefined ? 'active' : 'ended', generation: 1 }]);
});

it('ends the session of a token that is used again, and emits why', async () => {
  const { openSession, refresh, events } = createWorld();
  const { id, refreshToken } = await openSession();
  const second = await refresh(refreshToken);
  await refresh(second.refreshToken);
  await expect(refresh(refreshToken)).rejects.toMatchObject({ code: 'refresh-token-reused' });
  expect(events('auth.session-ended')).toMatchObject([{ aggregateId: id }]);
  expect(events('identity.refresh-token-reused')).toMatchObject([{ aggregateId: id }]);
  await expect(refresh(second.refreshToken)).rejects.toMatchObject({ code: 'refresh-token-invalid' });
});

it.each([
  ['29 days after its last use', 29, 29, undefined],
  ['30 days after its last use', 30, 30, 'refresh-token-invalid'],
  ['90 days after the sign-in, with use in between', 90, 20, 'refresh-token-invalid'],
])('boundary: a session %s', async (_, days, step, code) => {
  const { openSession, refresh, db } = createWorld();
  let { refreshToken } = await openSession();
  let left = days;
  for (; left > step; left -= step) {
    db.clock.advance(step * day);
    refreshToken = (await refresh(refreshToken)).refreshToken;
  }
  db.clock.advance(left * day);
  const result = await refresh(refreshToken).catch((error: unknown) => error);
  expect(getCode(result)).toBe(code);
});

it('race: any interleaving of refreshes with known tokens has one chain of tokens, and ends it only for reuse', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(6), { minLength: 1, maxLength: 12 }), async (ages) => {
      const { openSession, refresh, db } = createWorld();
      const tokens = [(await openSession()).refreshToken];
      for (const age of ages) {
        const newest = tokens.length - 1;
        const chosen = Math.max(0, newest - age);
        const result = await refresh(tokens[chosen]!).catch((error: unknown) => error);
        if (chosen < newest - 1) {
          expect(getCode(result)).toBe('refresh-token-reused');
          expect(db.sessions.all()).toMatchObject([{ status: 'ended' }]);
          return;
        }
        const { refreshToken } = result as { refreshToken: string };
        if (chosen === newest) tokens.push(refreshToken);
        else expect(refreshToken).toBe(tokens[newest]);
      }
      expect(db.sessions.all()).toMatchObject([{ status: 'active', generation: tokens.length - 1 }]);
    }),
    { numRuns: 40 },
  );
});
