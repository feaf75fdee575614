import { platformTenantId } from '@plinth/data-kit';
import { createContext, createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { endSession, listSessions, signOut } from './index.ts';
import { createWorld } from './test/world.ts';

/** Creates an identity with two sessions, and the context of its first one. */
const openSessions = async () => {
  const world = createWorld();
  const first = await world.openSession();
  const second = await world.signIn('ada@acme.example');
  const identityId = world.db.identities.all()[0]!._id;
  const as = (identity: string, sessionId?: string) =>
    createContext({ tenantId: platformTenantId, actor: { id: identity, identityId: identity, sessionId } });
  const { deps, db } = world;
  const ctx = as(identityId, first.id);
  return {
    ...world,
    first,
    second,
    as,
    ctx,
    listIds: async (caller = ctx): Promise<string[]> => {
      const query = { where: {}, sort: '-createdAt', limit: 20, cursor: undefined, fields: undefined } as const;
      return (await listSessions(deps)({ query } as never, caller)).items.map(({ id }) => id).sort();
    },
    end: (id: string, caller = ctx) => db.unitOfWork(endSession(deps))({ id, version: [1] }, caller),
    leave: (scope: 'session' | 'identity', caller = ctx) =>
      db.unitOfWork(signOut(deps))({ query: undefined, body: { scope } } as never, caller),
  };
};

it('lists the sessions of an identity, and no others', async () => {
  const { first, second, listIds, as } = await openSessions();
  expect(await listIds()).toEqual([first.id, second.id].sort());
  expect(await listIds(as(createId()))).toEqual([]);
});

it('ends one session, of which every host gets an event', async () => {
  const { first, second, listIds, end, events } = await openSessions();
  await end(second.id);
  expect(await listIds()).toEqual([first.id]);
  expect(events('auth.session-ended')).toMatchObject([{ aggregateId: second.id }]);
  await expect(end(second.id)).rejects.toMatchObject({ status: 412 });
});

it('boundary: a session of another identity is not found', async () => {
  const { second, end, as, listIds } = await openSessions();
  await expect(end(second.id, as(createId()))).rejects.toMatchObject({ code: 'not-found' });
  expect(await listIds()).toHaveLength(2);
});

it('signs out of the session of the token, of all sessions, or of none where the token has no session', async () => {
  const { first, second, leave, as, listIds, ctx } = await openSessions();
  await leave('session', as(ctx.actor.id));
  expect(await listIds()).toHaveLength(2);
  await leave('session');
  expect(await listIds()).toEqual([second.id]);
  await leave('identity', as(ctx.actor.id, first.id));
  expect(await listIds()).toEqual([]);
});
