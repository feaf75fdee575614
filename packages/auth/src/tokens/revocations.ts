import type { Clock, Principal } from '@plinth/data-kit';
import { lifetimeSecondsMax, skewSeconds } from './access-token.ts';

/** Ends the tokens of a subject in its tenant that were issued up to `at`. */
export type Revocation = { readonly tenantId: string; readonly subject: string; readonly at: Date };

/** The revocations that this process has received. */
export type Revocations = {
  /** Safe to repeat, and in any order: the latest revocation of a subject counts. */
  revoke(revocation: Revocation): void;
  /** Returns true for a token that was issued before the latest revocation of its subject, or in the same second. */
  isRevoked(principal: Principal, issuedAtSeconds: number): boolean;
};

const lifetimeSeconds = lifetimeSecondsMax + skewSeconds;

/** The time after which every token issued before a revocation has expired. */
export const revocationLifetimeMs = lifetimeSeconds * 1000;

const sweepEverySeconds = 30;

const toKey = (tenantId: string, subject: string): string => `${tenantId} ${subject}`;

/** Creates the store of revocations. It holds only those of the last fifteen minutes. */
export const createRevocations = ({ clock }: { readonly clock: Clock }): Revocations => {
  const latestSeconds = new Map<string, number>();
  let sweepAtSeconds = 0;

  const sweep = (now: number): void => {
    if (now < sweepAtSeconds) return;
    sweepAtSeconds = now + sweepEverySeconds;
    for (const [key, second] of latestSeconds) if (second + lifetimeSeconds <= now) latestSeconds.delete(key);
  };

  return {
    revoke: ({ tenantId, subject, at }) => {
      sweep(clock.now().getTime() / 1000);
      const key = toKey(tenantId, subject);
      // `iat` has whole seconds, so the order of events within a second is unknown.
      const second = Math.floor(at.getTime() / 1000);
      latestSeconds.set(key, Math.max(second, latestSeconds.get(key) ?? second));
    },
    isRevoked: ({ tenantId, id }, issuedAtSeconds) => {
      const second = latestSeconds.get(toKey(tenantId, id));
      // Negated, so that a revocation without a time (NaN) ends every token of its subject.
      return second !== undefined && !(issuedAtSeconds > second);
    },
  };
};
