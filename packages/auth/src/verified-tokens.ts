import { commonErrors } from '@plinth/contract-kit';
import { type Clock } from '@plinth/data-kit';
import { LRUCache } from 'lru-cache';
import type { Verified } from './claims.ts';

// So long may a change of the key ring go unnoticed by a token that was verified before it.
const trustMs = 60_000;

type Entry = Verified & { readonly trustedUntilMs: number };

/** What tokens said that were verified lately, by the hash of the token. Only successes are kept. */
export const createVerifiedTokens = ({ clock, entriesMax }: { clock: Clock; entriesMax: number }) => {
  if (!Number.isSafeInteger(entriesMax) || entriesMax < 1) {
    throw new RangeError('The token cache needs `entriesMax` to be a whole number from 1. The default is 10,000.');
  }
  // Without the cache's own time to live: that reads another clock.
  const entries = new LRUCache<string, Entry>({ max: entriesMax });
  return {
    /** @throws `token-expired` when the token has expired since it was verified. */
    find: (digest: string): Verified | undefined => {
      const entry = entries.get(digest);
      if (!entry) return undefined;
      const now = clock.now().getTime();
      if (now < entry.trustedUntilMs) return entry;
      entries.delete(digest);
      if (now < entry.expiresAtMs) return undefined;
      throw commonErrors.tokenExpired({ detail: 'The time of the token is over.' });
    },
    keep: (digest: string, verified: Verified): void => {
      const trustedUntilMs = Math.min(verified.expiresAtMs, clock.now().getTime() + trustMs);
      entries.set(digest, { ...verified, trustedUntilMs });
    },
  };
};
