import { sessionEnded } from '@plinth/contract-kit';
import type { AccessTokens, RefreshSecrets } from '@plinth/contracts/identity';
import type { Clock, Collection, Ctx, Events } from '@plinth/data-kit';
import type { SessionTokens } from '@plinth/dtos/identity';
import type { SessionDocument } from '@plinth/models/identity';
import { identityErrors } from '@plinth/service-contracts/identity';

/** A session ends after this time without a refresh. */
export const idleMs = 30 * 24 * 60 * 60 * 1000;
/** A session ends after this time, however often it is used. */
export const lifetimeMs = 90 * 24 * 60 * 60 * 1000;

export type TokenDeps = { readonly accessTokens: AccessTokens; readonly refreshSecrets: RefreshSecrets };

type Newest = {
  readonly sessionId: string;
  readonly identityId: string;
  readonly generation: number;
  readonly secret: string;
};

/** Creates the response with the tokens of a session. */
export const toSessionTokens = async (
  { accessTokens }: Pick<TokenDeps, 'accessTokens'>,
  { sessionId, identityId, generation, secret }: Newest,
): Promise<SessionTokens> => {
  const { token, expiresAt } = await accessTokens.sign({ identityId, sessionId });
  return {
    id: sessionId,
    accessToken: token,
    accessTokenExpiresAt: expiresAt.toISOString(),
    refreshToken: `${sessionId}.${generation}.${secret}`,
  };
};

/** Splits a refresh token, which has the form of its schema. */
export const readRefreshToken = (token: string): Omit<Newest, 'identityId'> => {
  const [sessionId = '', generation, secret = ''] = token.split('.');
  return { sessionId, generation: Number(generation), secret };
};

type EndDeps = { readonly sessions: Collection<SessionDocument, 'updateWhere'>; readonly events: Events };

/** Ends sessions, also one that is refreshed at the same moment. Hosts refuse their tokens within a second. */
export const endSessions = ({ sessions, events }: EndDeps, ctx: Ctx, ended: readonly SessionDocument[]): void => {
  for (const { _id: sessionId } of ended) {
    sessions
      .for(ctx)
      .updateWhere({ _id: sessionId }, { $set: { status: 'ended' } }, identityErrors.refreshTokenInvalid());
    events.emit(ctx, sessionEnded, { sessionId });
  }
};

/** True until a session has ended, was idle for too long, or is too old. */
export const isActive = ({ status, rotatedAt, endsAt }: SessionDocument, clock: Clock): boolean => {
  const now = clock.now().getTime();
  return status === 'active' && now < endsAt.getTime() && now - rotatedAt.getTime() < idleMs;
};
