import {
  allow,
  msUntilTokens,
  type RateLimitDecision,
  refilledTokens,
  refuse,
  type TokenBucket,
  type TokenLevel,
} from '@plinth/data-kit';
import type { LeaseGrant, LeaseRequest } from './lease-script.ts';

type Waiter = (decision: RateLimitDecision) => void;

/** The time, and the number of processes that share the buckets. */
export type LeaseContext = { readonly nowMs: number; readonly processes: number };

/** The tokens of one shared bucket that this process holds. */
export type Lease = {
  readonly bucket: TokenBucket;
  /** The maximum number of tokens held for later requests. */
  readonly size: number;
  tokens: number;
  /** The shared bucket at the last round trip. */
  shared: TokenLevel | undefined;
  /** The shared bucket has no token before this time. */
  emptyUntilMs: number;
  /** This process's share of the bucket while Redis is unreachable. */
  local: TokenLevel | undefined;
  /** Tokens spent from `local`, not yet reported to Redis. */
  owed: number;
  usedAtMs: number;
  waiting: Waiter[];
};

// A lease is 2 % of a large bucket; of a small one 5 %, up to 15 tokens, to keep round trips rare.
const toLeaseSize = ({ quota }: TokenBucket): number =>
  Math.max(Math.ceil(quota * 0.02), Math.min(15, Math.ceil(quota * 0.05)));

export const createLease = (bucket: TokenBucket): Lease => ({
  bucket,
  size: toLeaseSize(bucket),
  tokens: 0,
  shared: undefined,
  emptyUntilMs: 0,
  local: undefined,
  owed: 0,
  usedAtMs: 0,
  waiting: [],
});

/** True when the next round trip should refill the lease. */
export const isHalfUsed = ({ tokens, size }: Lease): boolean => tokens * 2 <= size;

/** True when a round trip is due now, before a request has to wait. */
export const isNearlyUsed = ({ tokens, size }: Lease): boolean => tokens * 5 <= size;

/** Spends a token that this process holds. */
export const spend = (lease: Lease, nowMs: number): RateLimitDecision => {
  const { bucket, shared } = lease;
  lease.tokens -= 1;
  const elsewhere = shared ? refilledTokens(bucket, shared, nowMs) : 0;
  return allow(bucket, Math.min(bucket.quota - 1, lease.tokens + elsewhere));
};

/** Rejects the request, because the shared bucket is empty. */
export const refuseEmpty = ({ bucket, shared }: Lease, nowMs: number): RateLimitDecision =>
  refuse(bucket, Math.min(1, shared ? refilledTokens(bucket, shared, nowMs) : 0));

const toFirstShare = ({ bucket, shared }: Lease, { nowMs, processes }: LeaseContext): TokenLevel => {
  const tokens = shared ? refilledTokens(bucket, shared, nowMs) : bucket.quota;
  // At least one token if the bucket has one: to allow one request too many is better than a wrong refusal.
  return { tokens: tokens < 1 ? 0 : Math.max(1, tokens / processes), atMs: nowMs };
};

/** Decides without Redis, from this process's share of the bucket. */
export const decideLocally = (lease: Lease, context: LeaseContext): RateLimitDecision => {
  const { nowMs, processes } = context;
  const share = { ...lease.bucket, quota: Math.max(1, lease.bucket.quota / processes) };
  lease.local ??= toFirstShare(lease, context);
  const tokens = refilledTokens(share, lease.local, nowMs);
  const isAllowed = tokens >= 1;
  lease.local = { tokens: isAllowed ? tokens - 1 : tokens, atMs: nowMs };
  if (!isAllowed) return refuse(share, tokens);
  lease.owed += 1;
  return allow(share, tokens - 1);
};

/** Creates the request that refills a lease and serves its waiting requests. */
export const toRefillRequest = (lease: Lease): LeaseRequest => {
  const { bucket, owed } = lease;
  lease.owed = 0;
  // A process that owes tokens requests none ahead, because other processes may owe some too and have not reported it yet.
  const ahead = owed > 0 ? 0 : Math.max(0, lease.size - lease.tokens);
  return { bucket, owed, returned: 0, needed: lease.waiting.length, ahead };
};

/** Creates the request that returns the tokens of an idle lease. */
export const toReturnRequest = (lease: Lease): LeaseRequest => {
  const { bucket, owed, tokens } = lease;
  lease.owed = 0;
  lease.tokens = 0;
  return { bucket, owed, returned: tokens, needed: 0, ahead: 0 };
};

/** Restores a lease after a failed round trip, as if its request had not been sent. */
export const restore = (lease: Lease, { owed, returned }: LeaseRequest): void => {
  lease.owed += owed;
  lease.tokens += returned;
};

const pauseMinMs = 10;
const pauseForOthersMaxMs = 250;

/** Adds granted tokens to a lease, pays its debt with them, and records until when the bucket is empty. */
export const receive = (lease: Lease, { granted, left }: LeaseGrant, { nowMs, processes }: LeaseContext): void => {
  lease.tokens += granted;
  lease.shared = { tokens: left, atMs: nowMs };
  lease.local = undefined;
  const paid = Math.min(lease.owed, lease.tokens);
  lease.tokens -= paid;
  lease.owed -= paid;
  // The pause grows with the number of processes that wait for the same token, so that a flood of refusals costs few round trips.
  const untilTokenMs = msUntilTokens(lease.bucket, left, 1);
  const pauseMs = Math.max(pauseMinMs, untilTokenMs, Math.min(pauseForOthersMaxMs, untilTokenMs * processes));
  lease.emptyUntilMs = left < 1 ? nowMs + pauseMs : 0;
};

/** Allows waiting requests while tokens last. The rest are refused if the bucket is empty, and otherwise continue to wait. */
export const settleWaiting = (lease: Lease, nowMs: number): void => {
  const isEmpty = nowMs < lease.emptyUntilMs;
  for (const settle of lease.waiting.splice(0)) {
    if (lease.tokens >= 1) settle(spend(lease, nowMs));
    else if (isEmpty) settle(refuseEmpty(lease, nowMs));
    else lease.waiting.push(settle);
  }
};

/** Decides waiting requests without Redis. Returns their number. */
export const settleWaitingLocally = (lease: Lease, context: LeaseContext): number => {
  const waiters = lease.waiting.splice(0);
  for (const settle of waiters) settle(decideLocally(lease, context));
  return waiters.length;
};
