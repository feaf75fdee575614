import { commonErrors } from '@plinth/contract-kit';
import type { SessionsService } from '@plinth/contracts/identity';
import type { Clock, Collection, Events } from '@plinth/data-kit';
import type { SessionDocument } from '@plinth/models/identity';
import { identityErrors, sessionsEvents } from '@plinth/service-contracts/identity';
import { endSessions, isActive, readRefreshToken, type TokenDeps, toSessionTokens } from './session-tokens.ts';

type Deps = TokenDeps & { sessions: Collection<SessionDocument, 'find' | 'updateWhere'>; events: Events; clock: Clock };

/** For parallel requests of a client, and for a response that was lost. */
const repeatMs = 10_000;
/** An older token is refused without a look at its secret, which takes a microsecond for each step. */
const stepsMax = 10_000;

/**
 * Replaces a refresh token by its successor, which is computed from it: requests with the same token get the same successor, whichever is
 * committed first. An earlier token ends the session.
 */
export const refreshSession =
  (deps: Deps): SessionsService['refreshSession'] =>
  async ({ body: { refreshToken } }, ctx) => {
    const { sessions, refreshSecrets, events, clock } = deps;
    const { sessionId, generation, secret } = readRefreshToken(refreshToken);
    const session = await sessions.for(ctx).find({ _id: sessionId });
    if (!session || !isActive(session, clock)) throw identityErrors.refreshTokenInvalid();
    const { identityId, tokenHash, rotatedAt } = session;
    const age = session.generation - generation;
    const isOfSession =
      age >= 0 && age <= stepsMax && refreshSecrets.hash(refreshSecrets.advance(secret, age)) === tokenHash;
    if (!isOfSession) throw identityErrors.refreshTokenInvalid();
    const now = clock.now();
    if (age > 1 || (age === 1 && now.getTime() - rotatedAt.getTime() > repeatMs)) {
      endSessions(deps, ctx, [session]);
      events.emit(ctx, sessionsEvents.refreshTokenReused, { sessionId, identityId });
      throw identityErrors.refreshTokenReused();
    }
    const successor = refreshSecrets.advance(secret, 1);
    if (age === 0) {
      const nextHash = refreshSecrets.hash(successor);
      // Also when a parallel request has stored the successor: both store the same.
      sessions
        .for(ctx)
        .updateWhere(
          { _id: sessionId, status: 'active', tokenHash: { $in: [tokenHash, nextHash] } },
          { $set: { tokenHash: nextHash, generation: generation + 1, rotatedAt: now } },
          commonErrors.conflict(),
        );
    }
    return toSessionTokens(deps, { sessionId, identityId, generation: generation + 1, secret: successor });
  };
