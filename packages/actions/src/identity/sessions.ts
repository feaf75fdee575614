import { commonErrors } from '@plinth/contract-kit';
import type { SessionsService } from '@plinth/contracts/identity';
import type { Collection, Ctx, Events } from '@plinth/data-kit';
import { type SessionDocument, toSession } from '@plinth/models/identity';
import { endSessions } from './session-tokens.ts';

/** Returns the identity of the caller. The host admits no token without one to these routes. */
const getIdentityId = ({ actor }: Ctx): string => actor.identityId as string;

export const listSessions =
  ({ sessions }: { sessions: Collection<SessionDocument, 'list'> }): SessionsService['listSessions'] =>
  async ({ query: { sort, limit, cursor } }, ctx) =>
    sessions
      .for(ctx)
      .list({ where: { identityId: getIdentityId(ctx), status: 'active' }, sort, limit, cursor }, toSession);

type EndDeps = { sessions: Collection<SessionDocument, 'get' | 'updateWhere'>; events: Events };

export const endSession =
  (deps: EndDeps): SessionsService['endSession'] =>
  async ({ id, version }, ctx) => {
    const session = await deps.sessions.for(ctx).get(id, { version });
    if (session.identityId !== getIdentityId(ctx) || session.status !== 'active') throw commonErrors.notFound();
    endSessions(deps, ctx, [session]);
  };

type SignOutDeps = { sessions: Collection<SessionDocument, 'list' | 'updateWhere'>; events: Events };

/** A token without a session, such as one of a command, has none to end. */
export const signOut =
  (deps: SignOutDeps): SessionsService['signOut'] =>
  async ({ body: { scope } }, ctx) => {
    const where = { identityId: getIdentityId(ctx), status: 'active' } as const;
    const { items } = await deps.sessions.for(ctx).list({ where, sort: 'createdAt', limit: 100 });
    endSessions(
      deps,
      ctx,
      items.filter(({ _id }) => scope === 'identity' || _id === ctx.actor.sessionId),
    );
  };
