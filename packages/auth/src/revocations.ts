import type { Clock, Principal } from '@plinth/data-kit';
import { lifetimeSecondsMax, skewSeconds } from './claims.ts';

/** Whose tokens have ended: those of a subject in its tenant that were issued up to `at`. */
export type Revocation = { readonly tenantId: string; readonly subject: string; readonly at: Date };

/** What one process knows of ended tokens. It is told by whatever carries revocations from process to process. */
export type Revocations = {
  /** From now on the tokens are refused. Safe to repeat, and in any order: the latest counts. */
  revoke(revocation: Revocation): void;
  /** True when a token was issued before the latest revocation of its subject, or in the very second of it. */
  isRevoked(principal: Principal, issuedAtSeconds: number): boolean;
};

const lifetimeSeconds = lifetimeSecondsMax + skewSeconds;

/** For so many milliseconds a revocation matters; then no token is left that was issued before it. */
export const revocationLifetimeMs = lifetimeSeconds * 1000;

// Seldom enough that a storm of revocations costs each of them next to nothing.
const sweepEverySeconds = 30;

const keyOf = (tenantId: string, subject: string): string => `${tenantId} ${subject}`;

/** Makes the memory of ended tokens. It keeps what matters still, so it is as large as what was revoked lately. */
export const createRevocations = ({ clock }: { readonly clock: Clock }): Revocations => {
  /** The second of the latest revocation. */
  const latest = new Map<string, number>();
  let sweepAtSeconds = 0;

  const sweep = (now: number): void => {
    if (now < sweepAtSeconds) return;
    sweepAtSeconds = now + sweepEverySeconds;
    for (const [key, second] of latest) if (second + lifetimeSeconds <= now) latest.delete(key);
  };

  return {
    revoke: ({ tenantId, subject, at }) => {
      sweep(clock.now().getTime() / 1000);
      const key = keyOf(tenantId, subject);
      // A token counts whole seconds, so which of one second came first cannot be told.
      const second = Math.floor(at.getTime() / 1000);
      latest.set(key, Math.max(second, latest.get(key) ?? second));
    },
    isRevoked: ({ tenantId, id }, issuedAtSeconds) => {
      // Every request asks, and mostly nobody was revoked.
      if (latest.size === 0) return false;
      const second = latest.get(keyOf(tenantId, id));
      return second !== undefined && !(issuedAtSeconds > second);
    },
  };
};
