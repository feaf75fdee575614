import {
  allow,
  msUntilTokens,
  type RateLimitDecision,
  refilledTokens,
  refuse,
  type TokenBucket,
  type TokenLevel,
} from '@plinth/data-kit';

/** The tokens of one shared bucket that this process holds. */
export type Lease = {
  readonly bucket: TokenBucket;
  /** The maximum number of tokens held for later requests. */
  readonly size: number;
  /** Negative when requests were served without Redis that are not yet deducted from the shared bucket. */
  tokens: number;
  /** The shared bucket at the last round trip. Without Redis, each request deducts what all processes may spend meanwhile. */
  shared: TokenLevel;
  /** The process does not request tokens of the empty shared bucket before this time. */
  emptyUntilMs: number;
  usedAtMs: number;
  /** The number of requests that wait for a token. */
  waiting: number;
};

/** The request of a process to a shared bucket. */
export type LeaseRequest = {
  readonly lease: Lease;
  /** Leased tokens that were not used. Negative: tokens spent without a lease. */
  readonly returned: number;
  /** Tokens for waiting requests, granted down to the last one. */
  readonly needed: number;
  /** Tokens for later requests, granted only while enough remain for other processes. */
  readonly ahead: number;
};

/** The tokens that a shared bucket granted, and the tokens left in it. */
export type LeaseGrant = LeaseRequest & { readonly granted: number; readonly left: number };

/** The time, and the number of processes that share the buckets. */
export type LeaseContext = { readonly nowMs: number; readonly processes: number };

const idleAfterMs = 5000;
const pauseMinMs = 10;
const pauseForOthersMaxMs = 250;

// A lease is 2 % of a large bucket; of a small one 5 %, up to 15 tokens, to keep round trips rare.
const toLeaseSize = ({ quota }: TokenBucket): number =>
  Math.max(Math.ceil(quota * 0.02), Math.min(15, Math.ceil(quota * 0.05)));

export const createLease = (bucket: TokenBucket, nowMs: number): Lease => ({
  bucket,
  size: toLeaseSize(bucket),
  tokens: 0,
  shared: { tokens: bucket.quota, atMs: nowMs },
  emptyUntilMs: 0,
  usedAtMs: nowMs,
  waiting: 0,
});

/** True when the next round trip should refill the lease. */
export const isHalfUsed = ({ tokens, size }: Lease): boolean => tokens * 2 <= size;

/** True when a round trip is due now, before a request has to wait. */
export const isNearlyUsed = ({ tokens, size }: Lease): boolean => tokens * 5 <= size;

/** True when the lease should return its tokens. */
export const isIdle = ({ usedAtMs }: Lease, nowMs: number): boolean => nowMs - usedAtMs >= idleAfterMs;

/** Spends a token that this process holds. */
export const spend = (lease: Lease, nowMs: number): RateLimitDecision => {
  const { bucket, shared } = lease;
  lease.tokens -= 1;
  return allow(bucket, Math.min(bucket.quota - 1, lease.tokens + refilledTokens(bucket, shared, nowMs)));
};

/** Refuses a request, because the shared bucket is empty. */
export const refuseEmpty = ({ bucket, shared }: Lease, nowMs: number): RateLimitDecision =>
  refuse(bucket, Math.min(1, refilledTokens(bucket, shared, nowMs)));

/** Decides without Redis, from the last known level of the shared bucket. Serves an nth of it where n processes share it. */
export const decideLocally = (lease: Lease, { nowMs, processes }: LeaseContext): RateLimitDecision => {
  const { bucket } = lease;
  const tokens = refilledTokens(bucket, lease.shared, nowMs);
  // One request too many is better than a wrong refusal, so a single token serves a request in each process.
  if (tokens < 1) return refuse(bucket, tokens);
  const left = tokens - processes;
  lease.shared = { tokens: left, atMs: nowMs };
  lease.tokens -= 1;
  return { ...allow(bucket, left), remaining: Math.max(0, Math.floor(left / processes)) };
};

/** Creates the request of a lease for the next round trip. */
export const toRequest = (lease: Lease, nowMs: number): LeaseRequest => {
  const { size, tokens, waiting: needed } = lease;
  // A process that owes tokens requests none ahead, because other processes may owe some too and have not reported it yet.
  if (tokens < 0 || isIdle(lease, nowMs)) return { lease, returned: tokens, needed, ahead: 0 };
  return { lease, returned: 0, needed, ahead: Math.max(0, size - tokens) };
};

/** Applies a grant to its lease. */
export const receive = ({ lease, returned, granted, left }: LeaseGrant, { nowMs, processes }: LeaseContext): void => {
  // Requests that were served during the round trip have changed the tokens since the request.
  lease.tokens += granted - returned;
  lease.shared = { tokens: left, atMs: nowMs };
  // The pause grows with the number of processes that wait for the same token, so that a flood of refusals costs few round trips.
  const untilTokenMs = msUntilTokens(lease.bucket, left, 1);
  const pauseMs = Math.max(pauseMinMs, untilTokenMs, Math.min(pauseForOthersMaxMs, untilTokenMs * processes));
  lease.emptyUntilMs = left < 1 ? nowMs + pauseMs : 0;
};
