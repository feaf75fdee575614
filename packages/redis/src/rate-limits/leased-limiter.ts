import { setTimeout as sleep, setImmediate as turnEnd } from 'node:timers/promises';
import { type RateLimitDecision, type RateLimiter, type TokenBucket, toBucketKey } from '@plinth/data-kit';
import { LRUCache } from 'lru-cache';
import * as leasing from './lease.ts';
import type { LeaseResponse, RequestLeases } from './lease-script.ts';

/** Logs `rate-limits-local` once each time Redis becomes unreachable, and `rate-limits-shared` when it is back. */
export type RateLimitLog = Record<
  'info' | 'warn',
  (event: Lowercase<string>, fields?: { readonly err: Error }) => void
>;

export type LeasedLimiterDeps = {
  readonly requestLeases: RequestLeases;
  /** A monotonic clock. */
  readonly nowMs: () => number;
  readonly log: RateLimitLog;
};

/** A request waits this long for Redis; then the limiter decides locally. */
const waitMaxMs = 25;
/** Redis runs nothing else during the script, so one round trip has at most this many buckets. */
const requestsMax = 200;
/** Beyond this, the lease that was not used for the longest time is dropped. */
const leasesMax = 50_000;

/**
 * A rate limiter whose buckets are shared between processes. It leases tokens ahead of need, so nearly every request is
 * decided in memory. While Redis is unreachable or slow, each process decides from its share of each bucket.
 */
export class LeasedLimiter implements RateLimiter {
  readonly counts = { roundTrips: 0, decidedLocally: 0 };
  readonly #deps: LeasedLimiterDeps;
  /** Leases for the next round trip. */
  readonly #due = new Set<leasing.Lease>();
  readonly #leases = new LRUCache<string, leasing.Lease>({
    max: leasesMax,
    dispose: (lease) => void this.#due.delete(lease),
  });
  #state: 'starting' | 'connected' | 'slow' | 'disconnected' = 'starting';
  #processes = 1;
  /** The round trip in progress. */
  #roundTrip: Promise<void> | undefined;

  constructor(deps: LeasedLimiterDeps) {
    this.#deps = deps;
  }

  take(bucket: TokenBucket): RateLimitDecision | Promise<RateLimitDecision> {
    const lease = this.#getLease(bucket);
    const decision = this.#decide(lease);
    if (!decision) return this.#decideAfterRoundTrip(lease);
    // With fewer tokens left, the shared bucket grants none ahead.
    const hasSpare = lease.shared.tokens >= 2 * this.#processes;
    if (this.#state === 'connected' && hasSpare && leasing.isHalfUsed(lease)) {
      this.#due.add(lease);
      if (leasing.isNearlyUsed(lease)) void this.#startRoundTrip();
    }
    return decision;
  }

  /** Marks this process as alive, returns idle tokens, and finds out whether Redis is back. Call it every two seconds. */
  async beat(): Promise<void> {
    const nowMs = this.#deps.nowMs();
    for (const lease of this.#leases.values()) {
      if (lease.tokens !== 0 && leasing.isIdle(lease, nowMs)) this.#due.add(lease);
    }
    await this.#startRoundTrip();
  }

  /** Returns all tokens. */
  async close(): Promise<void> {
    await this.#roundTrip;
    for (const lease of this.#leases.values()) {
      // An idle lease returns its tokens.
      lease.usedAtMs = Number.NEGATIVE_INFINITY;
      if (lease.tokens !== 0) this.#due.add(lease);
    }
    while (this.#due.size > 0 && this.#state === 'connected') await this.#startRoundTrip();
  }

  #getLease(bucket: TokenBucket): leasing.Lease {
    const key = toBucketKey(bucket);
    const nowMs = this.#deps.nowMs();
    let lease = this.#leases.get(key);
    if (!lease) {
      lease = leasing.createLease(bucket, nowMs);
      this.#leases.set(key, lease);
    }
    lease.usedAtMs = nowMs;
    return lease;
  }

  /** Returns nothing when only Redis can decide. */
  #decide(lease: leasing.Lease): RateLimitDecision | undefined {
    const nowMs = this.#deps.nowMs();
    if (lease.tokens >= 1) return leasing.spend(lease, nowMs);
    if (this.#state !== 'connected') {
      this.counts.decidedLocally += 1;
      const decision = leasing.decideLocally(lease, { nowMs, processes: this.#processes });
      if (decision.isAllowed) this.#due.add(lease);
      return decision;
    }
    return nowMs < lease.emptyUntilMs ? leasing.refuseEmpty(lease, nowMs) : undefined;
  }

  async #decideAfterRoundTrip(lease: leasing.Lease): Promise<RateLimitDecision> {
    let decision: RateLimitDecision | undefined;
    lease.waiting += 1;
    while (!decision) {
      this.#due.add(lease);
      // A round trip in progress may not include this request, so the next one decides.
      await this.#startRoundTrip();
      decision = this.#decide(lease);
    }
    lease.waiting -= 1;
    return decision;
  }

  /** Starts a round trip unless one is in progress. The promise is fulfilled after the round trip or 25 ms, and never rejects. */
  #startRoundTrip(): Promise<void> {
    this.#roundTrip ??= this.#runRoundTrip();
    return this.#roundTrip;
  }

  async #runRoundTrip(): Promise<void> {
    // All buckets of this turn of the event loop share the round trip.
    await turnEnd();
    const isOver = this.#exchange().then(() => true);
    // A response that arrived while the process was busy is read first.
    const isLate = sleep(waitMaxMs, undefined, { ref: false }).then(() => turnEnd(false));
    if (!(await Promise.race([isOver, isLate])) && this.#state === 'connected') this.#state = 'slow';
  }

  async #exchange(): Promise<void> {
    // Waiting requests come first.
    const leases = [...this.#due].toSorted((left, right) => right.waiting - left.waiting).slice(0, requestsMax);
    for (const lease of leases) this.#due.delete(lease);
    this.counts.roundTrips += 1;
    try {
      const requests = leases.map((lease) => leasing.toRequest(lease, this.#deps.nowMs()));
      this.#receive(await this.#deps.requestLeases(requests));
    } catch (cause) {
      this.#disconnect(leases, cause as Error);
    }
    this.#roundTrip = undefined;
    const isUrgent = this.#due.size >= requestsMax || [...this.#due].some(leasing.isNearlyUsed);
    if (this.#state === 'connected' && isUrgent) void this.#startRoundTrip();
  }

  #receive({ processes, grants }: LeaseResponse): void {
    if (this.#state === 'disconnected') this.#deps.log.info('rate-limits-shared');
    this.#state = 'connected';
    this.#processes = processes;
    const context = { nowMs: this.#deps.nowMs(), processes };
    for (const grant of grants) {
      leasing.receive(grant, context);
      if (grant.lease.tokens < 0) this.#due.add(grant.lease);
    }
  }

  #disconnect(leases: readonly leasing.Lease[], err: Error): void {
    if (this.#state !== 'disconnected') this.#deps.log.warn('rate-limits-local', { err });
    this.#state = 'disconnected';
    for (const lease of leases) this.#due.add(lease);
  }
}
