import type { Clock, Principal } from '@plinth/data-kit';
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

const sweepEverySeconds = 30;

const toKey = (tenantId: string, subject: string): string => `${tenantId} ${subject}`;

/** Creates the store of revocations. It holds only those of the last fifteen minutes. */
export const createRevocations = ({ clock }: { readonly clock: Clock }): Revocations => {
  /** For each subject, the last second of issue whose tokens are refused. */
  const refusedUntil = new Map<string, number>();
  let sweepAtSeconds = 0;

  const sweep = (now: number): void => {
    if (now < sweepAtSeconds) return;
    sweepAtSeconds = now + sweepEverySeconds;
    for (const [key, second] of refusedUntil) if (second + lifetimeSeconds <= now) refusedUntil.delete(key);
  };

  return {
    revoke: ({ tenantId, subject, at, rolesOnly }) => {
      sweep(clock.now().getTime() / 1000);
      const key = toKey(tenantId, subject);
      // `iat` has whole seconds, so the order of events within a second is unknown.
      const second = Math.floor(at.getTime() / 1000) + (rolesOnly ? 0 : skewSeconds);
      refusedUntil.set(key, Math.max(second, refusedUntil.get(key) ?? second));
    },
    isRevoked: ({ tenantId, id }, issuedAtSeconds) => {
      const second = refusedUntil.get(toKey(tenantId, id));
      // Negated, so that a revocation without a time (NaN) ends every token of its subject.
      return second !== undefined && !(issuedAtSeconds > second);
    },
  };
};
