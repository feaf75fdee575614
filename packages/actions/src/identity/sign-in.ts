import { commonErrors } from '@plinth/contract-kit';
import type { Passwords, SessionsService } from '@plinth/contracts/identity';
import type { Clock, Collection, Ctx, Events } from '@plinth/data-kit';
import type { IdentityDocument, SessionDocument } from '@plinth/models/identity';
import { identityErrors, sessionsEvents } from '@plinth/service-contracts/identity';
import { endSessions, lifetimeMs, type TokenDeps, toSessionTokens } from './session-tokens.ts';

type Deps = TokenDeps & {
  identities: Collection<IdentityDocument, 'find' | 'update'>;
  sessions: Collection<SessionDocument, 'list' | 'insert' | 'updateWhere'>;
  passwords: Passwords;
  events: Events;
  clock: Clock;
};

/** Bounds the work of a sign-out everywhere. */
const sessionsMax = 50;

/** Ends the oldest sessions, so that the new one has room. */
const endOldest = async (deps: Deps, ctx: Ctx, identityId: string): Promise<void> => {
  const where = { identityId, status: 'active' } as const;
  const { items } = await deps.sessions.for(ctx).list({ where, sort: 'createdAt', limit: 100 });
  endSessions(deps, ctx, items.slice(0, Math.max(0, items.length - sessionsMax + 1)));
};

/** Starts a session. An unknown address takes the time of a wrong password. */
export const signIn =
  (deps: Deps): SessionsService['signIn'] =>
  async ({ body: { email, password } }, ctx) => {
    const { identities, sessions, passwords, refreshSecrets, events, clock } = deps;
    const identity = await identities.for(ctx).find({ email });
    const { isValid, needsRehash } = await passwords.verify(password, identity?.passwordHash);
    if (!identity || !isValid) throw identityErrors.invalidCredentials();
    const { _id: identityId } = identity;
    if (needsRehash) {
      const passwordHash = await passwords.hash(password);
      identities.for(ctx).update(identity, { $set: { passwordHash } }, commonErrors.conflict());
    }
    await endOldest(deps, ctx, identityId);
    const secret = refreshSecrets.create();
    const now = clock.now();
    const { _id: sessionId } = sessions.for(ctx).insert({
      identityId,
      status: 'active',
      tokenHash: refreshSecrets.hash(secret),
      generation: 0,
      rotatedAt: now,
      endsAt: new Date(now.getTime() + lifetimeMs),
    });
    events.emit(ctx, sessionsEvents.sessionStarted, { sessionId, identityId });
    return toSessionTokens(deps, { sessionId, identityId, generation: 0, secret });
  };
