import type { RateLimitDecision, TokenBucket } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import {
  createLease,
  decideLocally,
  isHalfUsed,
  isNearlyUsed,
  type Lease,
  receive,
  restore,
  settleWaiting,
  settleWaitingLocally,
  spend,
  toRefillRequest,
  toReturnRequest,
} from './lease.ts';

const withQuota = (quota: number): TokenBucket => ({ key: 'subject ada', quota, windowSeconds: 60 });
const context = (nowMs = 0, processes = 1) => ({ nowMs, processes });

/** Creates a lease of `tokens` from a shared bucket that had `left` more at 0 ms. */
const createLeaseWith = ({ tokens = 20, left = 980, quota = 1000 } = {}): Lease => {
  const lease = createLease(withQuota(quota));
  receive(lease, { granted: tokens, left }, context());
  return lease;
};

const addWaiting = (lease: Lease, count: number): RateLimitDecision[] => {
  const decisions: RateLimitDecision[] = [];
  for (let index = 0; index < count; index += 1) lease.waiting.push((decision) => void decisions.push(decision));
  return decisions;
};

const areAllowed = (decisions: readonly RateLimitDecision[]): boolean[] => decisions.map(({ isAllowed }) => isAllowed);

describe('a lease', () => {
  it.each([
    [1_000_000, 20_000],
    [3000, 60],
    [1000, 20],
    [300, 15],
    [60, 3],
    [10, 1],
    [1, 1],
  ])('of a bucket of %i holds %i tokens', (quota, size) => {
    expect(createLease(withQuota(quota)).size).toBe(size);
  });

  it('is half used at a half and nearly used at a fifth', () => {
    expect([11, 10].map((tokens) => isHalfUsed(createLeaseWith({ tokens })))).toEqual([false, true]);
    expect([5, 4].map((tokens) => isNearlyUsed(createLeaseWith({ tokens })))).toEqual([false, true]);
  });

  it('reports the tokens of the lease and of the shared bucket, including refilled ones', () => {
    const half = { tokens: 20, left: 480 };
    expect(spend(createLeaseWith(half), 0)).toEqual({ isAllowed: true, remaining: 499, resetSeconds: 31 });
    expect(spend(createLeaseWith(half), 6000).remaining).toBe(599);
    expect(spend(createLeaseWith(), 60_000).remaining).toBe(999);
  });

  it('requests tokens for waiting requests, and for later ones unless it owes', () => {
    const lease = createLeaseWith({ tokens: 8 });
    expect(toRefillRequest(lease)).toMatchObject({ owed: 0, returned: 0, needed: 0, ahead: 12 });
    lease.owed = 3;
    addWaiting(lease, 2);
    expect(toRefillRequest(lease)).toMatchObject({ owed: 3, returned: 0, needed: 2, ahead: 0 });
    expect(lease.owed).toBe(0);
  });

  it('returns its tokens and reports its debt; a failed round trip restores both', () => {
    const lease = createLeaseWith({ tokens: 8 });
    lease.owed = 3;
    const request = toReturnRequest(lease);
    expect(request).toMatchObject({ owed: 3, returned: 8, needed: 0, ahead: 0 });
    expect([lease.tokens, lease.owed]).toEqual([0, 0]);
    restore(lease, request);
    expect([lease.tokens, lease.owed]).toEqual([8, 3]);
  });

  it('serves waiting requests in order, and rejects the rest when the bucket is empty', () => {
    const lease = createLeaseWith({ tokens: 0, left: 2 });
    const decisions = addWaiting(lease, 3);
    receive(lease, { granted: 2, left: 0.4 }, context());
    settleWaiting(lease, 0);
    expect(areAllowed(decisions)).toEqual([true, true, false]);
    expect(decisions.at(-1)).toEqual({ isAllowed: false, remaining: 0, resetSeconds: 1 });
  });

  it('keeps requests waiting that came too late for the round trip, while the bucket has tokens', () => {
    const lease = createLeaseWith({ tokens: 0 });
    const decisions = addWaiting(lease, 3);
    receive(lease, { granted: 2, left: 900 }, context());
    settleWaiting(lease, 0);
    expect([areAllowed(decisions), lease.waiting.length]).toEqual([[true, true], 1]);
  });

  it('does not contact an empty bucket again for at least 10 ms, and lets other processes have their turn', () => {
    const lease = createLeaseWith({ tokens: 0 });
    const pauseAfter = (left: number, processes: number): number => {
      receive(lease, { granted: 0, left }, context(0, processes));
      return lease.emptyUntilMs;
    };
    expect(pauseAfter(1, 1)).toBe(0);
    expect(pauseAfter(0.999, 1)).toBe(10);
    expect(pauseAfter(0.5, 1)).toBeCloseTo(30);
    expect(pauseAfter(0.5, 4)).toBeCloseTo(120);
    expect(pauseAfter(0.5, 100)).toBe(250);
  });
});

describe('without Redis', () => {
  const countServed = (lease: Lease, nowMs: number, processes = 4): number => {
    let served = 0;
    while (decideLocally(lease, { nowMs, processes }).isAllowed) served += 1;
    return served;
  };

  it('each process serves its share of the remaining and of the refilled tokens', () => {
    const lease = createLeaseWith({ tokens: 0, left: 400 });
    expect(countServed(lease, 0)).toBe(100);
    expect(countServed(lease, 6000)).toBe(25);
    expect(countServed(lease, 3_600_000)).toBe(250);
    expect(lease.owed).toBe(375);
  });

  it('the share includes tokens refilled since the last round trip', () => {
    expect(countServed(createLeaseWith({ tokens: 0, left: 400 }), 6000)).toBe(125);
  });

  it('the share is that of a full bucket before the first round trip', () => {
    expect(countServed(createLease(withQuota(1000)), 0)).toBe(250);
  });

  it('integrity: a request is not rejected while the bucket has a token, however many processes there are', () => {
    expect(countServed(createLeaseWith({ tokens: 0, left: 1 }), 0, 50)).toBe(1);
    expect(countServed(createLease(withQuota(5)), 0, 50)).toBe(1);
    expect(countServed(createLeaseWith({ tokens: 0, left: 0.5 }), 0, 50)).toBe(0);
  });

  it('race: requests served locally during a round trip are paid from its grant', () => {
    const lease = createLeaseWith({ tokens: 0 });
    const decisions = addWaiting(lease, 3);
    toRefillRequest(lease);
    expect(settleWaitingLocally(lease, context(0, 4))).toBe(3);
    expect(areAllowed(decisions)).toEqual([true, true, true]);
    receive(lease, { granted: 23, left: 900 }, context());
    expect([lease.tokens, lease.owed, lease.local]).toEqual([20, 0, undefined]);
  });
});
