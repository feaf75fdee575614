import {
  allowedDecision,
  type Bucket,
  bucketKey,
  type Limit,
  type LimitDecision,
  msUntil,
  refusedDecision,
  tokensAt,
} from '@plinth/data-kit';
import type { Ask, Told } from './exchange.ts';

/** A request that waits for the answer of Redis. */
export type Waiter = (decision: LimitDecision) => void;

/** What this process holds of one shared bucket. */
export type Lease = {
  readonly key: string;
  readonly limit: Limit;
  readonly subject: string;
  /** How many tokens it holds at most for requests to come. */
  readonly size: number;
  /** Tokens that it holds. */
  tokens: number;
  /** What the shared bucket had when it was asked last; none before that. */
  shared: Bucket | undefined;
  /** Until then the shared bucket is known to have no token. */
  emptyUntilMs: number;
  /** This process's part of the bucket while Redis is away. */
  local: Bucket | undefined;
  /** Tokens that were spent out of `local` and that the shared bucket does not know of. */
  owed: number;
  usedAtMs: number;
  /** Requests that the next exchange asks for. */
  waiting: Waiter[];
  /** Requests that the exchange under way has asked for. */
  boarded: Waiter[];
};

/** Of a large bucket so much is leased at once. */
const shareMax = 0.02;
/** Of a small one more, up to so many tokens, because a round trip for each few requests would cost too much. */
const smallShareMax = 0.05;
const smallSize = 15;

/** How many tokens a process leases at once. */
export const leaseSizeOf = ({ quota }: Limit): number =>
  Math.max(Math.ceil(quota * shareMax), Math.min(smallSize, Math.ceil(quota * smallShareMax)));

export const openLease = (limit: Limit, subject: string): Lease => ({
  key: bucketKey(limit, subject),
  limit,
  subject,
  size: leaseSizeOf(limit),
  tokens: 0,
  shared: undefined,
  emptyUntilMs: 0,
  local: undefined,
  owed: 0,
  usedAtMs: 0,
  waiting: [],
  boarded: [],
});

/** True when it is worth to ask for more whenever Redis is asked anyway. */
export const isWorn = ({ tokens, size }: Lease): boolean => tokens * 2 <= size;

/** True when Redis has to be asked now, so that no request comes to wait. */
export const isLow = ({ tokens, size }: Lease): boolean => tokens * 5 <= size;

/** Spends a token that is held. */
export const spend = (lease: Lease, nowMs: number): LimitDecision => {
  const { limit, shared } = lease;
  lease.tokens -= 1;
  const elsewhere = shared ? tokensAt(limit, shared, nowMs) : 0;
  return allowedDecision(limit, Math.min(limit.quota - 1, lease.tokens + elsewhere));
};

/** Refuses because the shared bucket is known to be empty. */
export const refuse = ({ limit, shared }: Lease, nowMs: number): LimitDecision =>
  refusedDecision(limit, Math.min(1, shared ? tokensAt(limit, shared, nowMs) : 0));

/** The part of a bucket that each of several processes has while they cannot share it; never less than one token. */
const partOf = (limit: Limit, processes: number): Limit => ({ ...limit, quota: Math.max(1, limit.quota / processes) });

const firstLocal = ({ limit, shared }: Lease, { nowMs, processes }: Surroundings): Bucket => {
  const tokens = shared ? tokensAt(limit, shared, nowMs) : limit.quota;
  // Where there is one at all, this process may have it: better one too many than one refused for nothing.
  return { tokens: tokens < 1 ? 0 : Math.max(1, tokens / processes), atMs: nowMs };
};

export type Surroundings = { readonly nowMs: number; readonly processes: number };

/** Decides without Redis, out of this process's part of the bucket. */
export const decideLocally = (lease: Lease, surroundings: Surroundings): LimitDecision => {
  const { nowMs, processes } = surroundings;
  const part = partOf(lease.limit, processes);
  const tokens = tokensAt(part, (lease.local ??= firstLocal(lease, surroundings)), nowMs);
  const decision = tokens < 1 ? refusedDecision(part, tokens) : allowedDecision(part, tokens - 1);
  lease.local = { tokens: decision.isAllowed ? tokens - 1 : tokens, atMs: nowMs };
  if (decision.isAllowed) lease.owed += 1;
  return decision;
};

/** What the next exchange asks for a lease. Its waiting requests travel with it. */
export const board = (lease: Lease): Ask => {
  const { key, limit, owed } = lease;
  lease.boarded = lease.waiting;
  lease.waiting = [];
  lease.owed = 0;
  // Who owes takes nothing ahead of need, because other processes may owe too, and have not been heard yet.
  const ahead = owed > 0 ? 0 : Math.max(0, lease.size - lease.tokens);
  return { key, limit, owed, returned: 0, needed: lease.boarded.length, ahead };
};

/** What the next exchange is told of a lease that nobody needs any more. */
export const giveBack = (lease: Lease): Ask => {
  const { key, limit, owed, tokens } = lease;
  lease.owed = 0;
  lease.tokens = 0;
  return { key, limit, owed, returned: tokens, needed: 0, ahead: 0 };
};

/** What failed is taken not to have happened. */
export const undo = (lease: Lease, { owed, returned }: Ask): void => {
  lease.owed += owed;
  lease.tokens += returned;
};

/** An empty bucket is not asked again for so long at least, however fast it fills. */
const pauseMinMs = 10;
/** Processes that wait for the same tokens take turns, but none stays away for longer than this on their account. */
const turnMaxMs = 250;

const pauseMs = (untilTokenMs: number, processes: number): number =>
  Math.max(pauseMinMs, untilTokenMs, Math.min(turnMaxMs, untilTokenMs * processes));

/** Takes over what Redis has answered: pays what is owed, and notes until when there is nothing. */
export const receive = (lease: Lease, { granted, leftThousandths }: Told, surroundings: Surroundings): void => {
  const { limit } = lease;
  const { nowMs, processes } = surroundings;
  const left = leftThousandths / 1000;
  lease.tokens += granted;
  lease.shared = { tokens: left, atMs: nowMs };
  lease.local = undefined;
  // Requests that could not wait were served meanwhile, out of what has come for them now.
  const paid = Math.min(lease.owed, lease.tokens);
  lease.tokens -= paid;
  lease.owed -= paid;
  lease.emptyUntilMs = left < 1 ? nowMs + pauseMs(msUntil(limit, left, 1), processes) : 0;
};

/** Answers the requests that wait, as far as the tokens go; those for which there is none are refused. */
export const serve = (lease: Lease, nowMs: number): void => {
  const isEmpty = nowMs < lease.emptyUntilMs;
  const waiters = [...lease.boarded, ...lease.waiting];
  lease.boarded = [];
  lease.waiting = [];
  for (const answer of waiters) {
    if (lease.tokens >= 1) answer(spend(lease, nowMs));
    else if (isEmpty) answer(refuse(lease, nowMs));
    else lease.waiting.push(answer);
  }
};

/** Answers the requests that wait without waiting any longer for Redis. */
export const serveLocally = (lease: Lease, surroundings: Surroundings): number => {
  const waiters = [...lease.boarded, ...lease.waiting];
  lease.boarded = [];
  lease.waiting = [];
  for (const answer of waiters) answer(decideLocally(lease, surroundings));
  return waiters.length;
};
