import type { Principal } from '@plinth/data-kit';
import { lifetimeSecondsMax, skewSeconds } from './access-token.ts';

/** Ends the tokens of a subject in its tenant that were issued up to `at`. */
export type Revocation = {
  readonly tenantId: string;
  readonly subject: string;
  readonly at: Date;
  /** True when only the roles of the user have changed. */
  readonly rolesOnly: boolean;
};

/** The revocations that this process has received. */
export type Revocations = {
  /** Safe to repeat, and in any order: the latest revocation of a subject counts. */
  revoke(revocation: Revocation): void;
  /** Ends every token of a sign-in. Safe to repeat: a session that has ended does not come back. */
  endSession(sessionId: string): void;
  /**
   * Returns true for a token that was issued before the latest revocation of its subject, in the same second, or in the next
   * thirty: the clock of the issuer may be ahead of the clock of the process that wrote the revocation. After a change of roles
   * these thirty seconds do not apply: an earlier token that passes has no more rights than the user has now.
   */
  isRevoked(principal: Principal, issuedAtSeconds: number): boolean;
};

const lifetimeSeconds = lifetimeSecondsMax + skewSeconds;

/** The time after which every token issued before a revocation has expired. */
export const revocationLifetimeMs = lifetimeSeconds * 1000;

/** A revocation ends tokens that are issued up to `skewSeconds` later. */
const keptMs = revocationLifetimeMs + skewSeconds * 1000;

const sweepEveryMs = 30_000;

const toSessionKey = (sessionId: string): string => `session ${sessionId}`;

const toKey = (tenantId: string, subject: string): string => `${tenantId} ${subject}`;

type RefusedTokens = {
  /** The last second of issue whose tokens are refused. */
  readonly untilSecond: number;
  /** By `nowMs`, when they all have expired. */
  readonly expireAtMs: number;
};

/**
 * Creates the store of revocations. It keeps each for sixteen minutes after its arrival, by a monotonic clock: a wall clock that
 * jumps ahead would remove revocations of tokens that are valid when it is set back.
 */
export const createRevocations = ({
  nowMs = () => performance.now(),
}: {
  readonly nowMs?: () => number;
} = {}): Revocations => {
  const refused = new Map<string, RefusedTokens>();
  let sweepAtMs = 0;

  const sweep = (now: number): void => {
    if (now < sweepAtMs) return;
    sweepAtMs = now + sweepEveryMs;
    for (const [key, { expireAtMs }] of refused) if (expireAtMs <= now) refused.delete(key);
  };

  return {
    revoke: ({ tenantId, subject, at, rolesOnly }) => {
      const now = nowMs();
      sweep(now);
      const key = toKey(tenantId, subject);
      // `iat` has whole seconds, so the order of events within a second is unknown.
      const second = Math.floor(at.getTime() / 1000) + (rolesOnly ? 0 : skewSeconds);
      const untilSecond = Math.max(second, refused.get(key)?.untilSecond ?? second);
      refused.set(key, { untilSecond, expireAtMs: now + keptMs });
    },
    endSession: (sessionId) => {
      const now = nowMs();
      sweep(now);
      refused.set(toSessionKey(sessionId), { untilSecond: Number.POSITIVE_INFINITY, expireAtMs: now + keptMs });
    },
    isRevoked: ({ tenantId, id, sessionId }, issuedAtSeconds) => {
      if (sessionId !== undefined && refused.has(toSessionKey(sessionId))) return true;
      const tokens = refused.get(toKey(tenantId, id));
      // Negated, so that a revocation without a time (NaN) ends every token of its subject.
      return tokens !== undefined && !(issuedAtSeconds > tokens.untilSecond);
    },
  };
};
