import type { TokenBucket } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import {
  createLease,
  decideLocally,
  isHalfUsed,
  isNearlyUsed,
  type Lease,
  receive,
  refuseEmpty,
  spend,
  toRequest,
} from './lease.ts';

const withQuota = (quota: number): TokenBucket => ({ key: 'subject ada', quota, windowSeconds: 60 });
const context = (nowMs = 0, processes = 1) => ({ nowMs, processes });

/** Creates a lease of `tokens` from a shared bucket that had `left` more at 0 ms. */
const createLeaseWith = ({ tokens = 20, left = 980, quota = 1000 } = {}): Lease => {
  const lease = createLease(withQuota(quota), 0);
  receive({ ...toRequest(lease, 0), granted: tokens, left }, context());
  return lease;
};

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
    expect(createLease(withQuota(quota), 0).size).toBe(size);
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

  it('refuses until the shared bucket has a token', () => {
    const refusal = { isAllowed: false, remaining: 0 };
    const lease = createLeaseWith({ tokens: 0, left: 0, quota: 6 });
    expect(refuseEmpty(lease, 0)).toEqual({ ...refusal, resetSeconds: 10 });
    expect(refuseEmpty(lease, 5000)).toEqual({ ...refusal, resetSeconds: 5 });
    expect(refuseEmpty(lease, 60_000)).toEqual({ ...refusal, resetSeconds: 1 });
  });

  it('requests tokens for waiting requests, and for later ones unless it owes', () => {
    const lease = createLeaseWith({ tokens: 8 });
    expect(toRequest(lease, 0)).toMatchObject({ returned: 0, needed: 0, ahead: 12 });
    Object.assign(lease, { tokens: -3, waiting: 2 });
    expect(toRequest(lease, 0)).toMatchObject({ returned: -3, needed: 2, ahead: 0 });
  });

  it('returns its tokens after five seconds without requests', () => {
    const lease = createLeaseWith({ tokens: 8 });
    expect(toRequest(lease, 4999)).toMatchObject({ returned: 0, ahead: 12 });
    const request = toRequest(lease, 5000);
    expect(request).toMatchObject({ returned: 8, needed: 0, ahead: 0 });
    receive({ ...request, granted: 0, left: 988 }, context(5000));
    expect(lease.tokens).toBe(0);
  });

  it('race: owes the tokens that requests spend while it returns them', () => {
    const lease = createLeaseWith({ tokens: 8 });
    const request = toRequest(lease, 5000);
    spend(lease, 5000);
    receive({ ...request, granted: 0, left: 988 }, context(5000));
    expect(lease.tokens).toBe(-1);
  });

  it('does not contact an empty bucket again for at least 10 ms, and lets other processes have their turn', () => {
    const lease = createLeaseWith({ tokens: 0 });
    const pauseAfter = (left: number, processes: number): number => {
      receive({ ...toRequest(lease, 0), granted: 0, left }, context(0, processes));
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

  it('each process serves its share of the remaining and of the refilled tokens, and owes them', () => {
    const lease = createLeaseWith({ tokens: 0, left: 400 });
    expect(countServed(lease, 0)).toBe(100);
    expect(countServed(lease, 6000)).toBe(25);
    expect(countServed(lease, 3_600_000)).toBe(250);
    expect(lease.tokens).toBe(-375);
  });

  it('the share includes tokens refilled since the last round trip', () => {
    expect(countServed(createLeaseWith({ tokens: 0, left: 400 }), 6000)).toBe(125);
  });

  it('the share is that of a full bucket before the first round trip', () => {
    expect(countServed(createLease(withQuota(1000), 0), 0)).toBe(250);
  });

  it('reports the share that is left, and when the next token comes', () => {
    const lease = createLeaseWith({ tokens: 0, left: 8, quota: 60 });
    expect(decideLocally(lease, context(0, 4))).toEqual({ isAllowed: true, remaining: 1, resetSeconds: 56 });
    expect(decideLocally(lease, context(0, 4))).toEqual({ isAllowed: true, remaining: 0, resetSeconds: 60 });
    expect(decideLocally(lease, context(0, 4))).toEqual({ isAllowed: false, remaining: 0, resetSeconds: 1 });
  });

  it('integrity: a request is not rejected while the bucket has a token, however many processes there are', () => {
    expect(countServed(createLeaseWith({ tokens: 0, left: 1 }), 0, 50)).toBe(1);
    expect(countServed(createLease(withQuota(5), 0), 0, 50)).toBe(1);
    expect(countServed(createLeaseWith({ tokens: 0, left: 0.5 }), 0, 50)).toBe(0);
  });

  it('integrity: many processes together serve no more than is refilled', () => {
    const lease = createLeaseWith({ tokens: 0, left: 1, quota: 60 });
    expect([0, 1000, 49_000, 50_000].map((nowMs) => countServed(lease, nowMs, 50))).toEqual([1, 0, 0, 1]);
  });

  it('race: requests served locally during a round trip are paid from its grant', () => {
    const lease = createLeaseWith({ tokens: 0 });
    lease.waiting = 3;
    const request = toRequest(lease, 0);
    for (let index = 0; index < 3; index += 1) decideLocally(lease, context(0, 4));
    receive({ ...request, granted: 23, left: 900 }, context());
    expect([lease.tokens, lease.shared.tokens]).toEqual([20, 900]);
  });
});
