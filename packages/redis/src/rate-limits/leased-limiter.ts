import { type RateLimitDecision, type RateLimiter, type TokenBucket, toBucketKey } from '@plinth/data-kit';
import * as leasing from './lease.ts';
import { type LeaseRequest, type LeaseResponse, type RequestLeases } from './lease-script.ts';

export type LeasedLimiterDeps = {
  readonly requestLeases: RequestLeases;
  /** A monotonic clock. */
  readonly nowMs: () => number;
  /** Called once each time Redis becomes unreachable. */
  readonly onDisconnect: (cause: Error) => void;
  readonly onReconnect: () => void;
};

/** A request waits this long for Redis; then the limiter decides locally. */
const waitMaxMs = 25;
/** Redis runs nothing else during the script, so one round trip has at most this many buckets. */
const requestsMax = 200;
/** Beyond this, the oldest lease is dropped. */
const leasesMax = 50_000;
const idleAfterMs = 5000;
const silentAfterMs = 1900;

/**
 * A rate limiter whose buckets are shared between processes. It leases tokens ahead of need, so nearly every request is
 * decided in memory. While Redis is unreachable, each process decides from its share of each bucket.
 */
export class LeasedLimiter implements RateLimiter {
  readonly counts = { roundTrips: 0, decidedLocally: 0 };
  readonly #deps: LeasedLimiterDeps;
  readonly #leases = new Map<string, leasing.Lease>();
  /** Leases that the next round trip refills. */
  readonly #toRefill = new Set<leasing.Lease>();
  /** Leases that owe tokens to the shared bucket. */
  readonly #indebted = new Set<leasing.Lease>();
  #state: 'unknown' | 'connected' | 'disconnected' = 'unknown';
  #isSlow = false;
  #isScheduled = false;
  #processes = 1;
  #contactAtMs = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;

  constructor(deps: LeasedLimiterDeps) {
    this.#deps = deps;
  }

  take(bucket: TokenBucket): RateLimitDecision | Promise<RateLimitDecision> {
    const context = this.#context();
    const { nowMs } = context;
    const lease = this.#getLease(bucket);
    lease.usedAtMs = nowMs;
    if (lease.tokens >= 1) {
      const decision = leasing.spend(lease, nowMs);
      const hasSpare = (lease.shared?.tokens ?? 0) >= 2 * this.#processes;
      if (leasing.isHalfUsed(lease) && hasSpare && !this.#isLocal()) this.#refill(lease);
      return decision;
    }
    if (this.#isLocal()) {
      this.counts.decidedLocally += 1;
      this.#indebted.add(lease);
      return leasing.decideLocally(lease, context);
    }
    if (nowMs < lease.emptyUntilMs) return leasing.refuseEmpty(lease, nowMs);
    return new Promise((resolve) => {
      lease.waiting.push(resolve);
      this.#refill(lease);
    });
  }

  /** Marks this process as alive and returns idle tokens. Call it every two seconds, and on a reconnect. */
  async beat(): Promise<void> {
    if (this.#running) return;
    const idle = this.#dropFullAndListIdle();
    if (idle.length > 0 && !this.#isLocal()) await this.#returnTokens(idle);
    else if (this.#isLocal() || this.#deps.nowMs() - this.#contactAtMs >= silentAfterMs) await this.#send([]);
  }

  /** Returns all tokens. */
  async close(): Promise<void> {
    await this.#running;
    await this.#returnTokens([...this.#leases.values()].filter(({ tokens, owed }) => tokens > 0 || owed > 0));
  }

  #context(): leasing.LeaseContext {
    return { nowMs: this.#deps.nowMs(), processes: this.#processes };
  }

  #isLocal(): boolean {
    return this.#state !== 'connected' || this.#isSlow;
  }

  #getLease(bucket: TokenBucket): leasing.Lease {
    const key = toBucketKey(bucket);
    const known = this.#leases.get(key);
    if (known) return known;
    const [oldest] = this.#leases.size < leasesMax ? [] : this.#leases.values();
    if (oldest) this.#drop(oldest);
    const lease = leasing.createLease(bucket);
    this.#leases.set(key, lease);
    return lease;
  }

  #drop(lease: leasing.Lease): void {
    this.#leases.delete(toBucketKey(lease.bucket));
    this.#indebted.delete(lease);
  }

  #dropFullAndListIdle(): leasing.Lease[] {
    const nowMs = this.#deps.nowMs();
    const idle = [...this.#leases.values()].filter(({ usedAtMs }) => nowMs - usedAtMs >= idleAfterMs);
    for (const lease of idle) if (nowMs - lease.usedAtMs >= lease.bucket.windowSeconds * 1000) this.#drop(lease);
    return idle.filter(({ tokens, owed }) => tokens > 0 || owed > 0);
  }

  async #returnTokens(leases: readonly leasing.Lease[]): Promise<void> {
    for (let from = 0; from < leases.length && !this.#isLocal(); from += requestsMax) {
      await this.#running;
      await this.#send(leases.slice(from, from + requestsMax), leasing.toReturnRequest);
    }
  }

  /** Adds a lease to the next round trip, and starts one at the end of this turn when the lease is nearly used. */
  #refill(lease: leasing.Lease): void {
    this.#toRefill.add(lease);
    if (leasing.isNearlyUsed(lease)) this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#running) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (this.#running) return;
      const leases = [...this.#toRefill].slice(0, requestsMax);
      for (const lease of leases) this.#toRefill.delete(lease);
      void this.#send(leases);
    });
  }

  /** Starts a round trip unless one is in progress. The promise never rejects. */
  #send(leases: readonly leasing.Lease[], toRequest = leasing.toRefillRequest): Promise<void> {
    this.#running ??= this.#roundTrip(leases, leases.map(toRequest));
    return this.#running;
  }

  async #roundTrip(leases: readonly leasing.Lease[], requests: readonly LeaseRequest[]): Promise<void> {
    let isOver = false;
    // A response that arrived while the process was busy is read first.
    const timer = setTimeout(() => {
      setImmediate(() => {
        if (isOver) return;
        this.#isSlow = true;
        this.#decideLocally(leases);
      });
    }, waitMaxMs);
    this.counts.roundTrips += 1;
    try {
      this.#receive(leases, await this.#deps.requestLeases(requests));
    } catch (cause) {
      for (const [index, lease] of leases.entries()) leasing.restore(lease, requests[index] as LeaseRequest);
      this.#disconnect(leases, cause as Error);
    }
    isOver = true;
    clearTimeout(timer);
    this.#isSlow = false;
    this.#running = undefined;
    if ([...this.#toRefill].some((lease) => leasing.isNearlyUsed(lease) || lease.owed > 0)) this.#schedule();
  }

  #receive(leases: readonly leasing.Lease[], { processes, grants }: LeaseResponse): void {
    this.#processes = processes;
    const context = this.#context();
    this.#contactAtMs = context.nowMs;
    if (this.#state === 'disconnected') this.#deps.onReconnect();
    this.#state = 'connected';
    for (const [index, lease] of leases.entries()) {
      const grant = grants[index];
      if (grant) leasing.receive(lease, grant, context);
      leasing.settleWaiting(lease, context.nowMs);
      if (lease.waiting.length > 0) this.#toRefill.add(lease);
    }
    for (const lease of this.#indebted) if (lease.owed > 0) this.#toRefill.add(lease);
    this.#indebted.clear();
  }

  #disconnect(leases: readonly leasing.Lease[], cause: Error): void {
    this.#decideLocally(leases);
    this.#toRefill.clear();
    if (this.#state !== 'disconnected') this.#deps.onDisconnect(cause);
    this.#state = 'disconnected';
  }

  #decideLocally(leases: readonly leasing.Lease[]): void {
    for (const lease of [...leases, ...this.#toRefill]) {
      this.counts.decidedLocally += leasing.settleWaitingLocally(lease, this.#context());
      if (lease.owed > 0) this.#indebted.add(lease);
    }
  }
}
