import type { Limit, LimitDecision } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import {
  board,
  decideLocally,
  giveBack,
  isLow,
  isWorn,
  leaseSizeOf,
  openLease,
  receive,
  serve,
  serveLocally,
  spend,
  undo,
} from './lease.ts';

const limit: Limit = { name: 'subject', quota: 1000, windowSeconds: 60 };
const of = (quota: number): Limit => ({ ...limit, quota });

const at = (nowMs = 0, processes = 1) => ({ nowMs, processes });

/** A lease with some tokens, of a bucket that had `left` more when it was asked at 0 ms. */
const aLease = ({ tokens = 20, left = 980, quota = 1000 } = {}) => {
  const lease = openLease(of(quota), 'ada');
  receive(lease, { granted: tokens, leftThousandths: left * 1000 }, at());
  return lease;
};

const waitFor = (lease: ReturnType<typeof openLease>, count: number): LimitDecision[] => {
  const decisions: LimitDecision[] = [];
  for (let index = 0; index < count; index += 1) lease.waiting.push((decision) => void decisions.push(decision));
  return decisions;
};

const verdictsOf = (decisions: readonly LimitDecision[]): boolean[] => decisions.map(({ isAllowed }) => isAllowed);

describe('the size of a lease', () => {
  it.each([
    [1_000_000, 20_000],
    [3000, 60],
    [1000, 20],
    [300, 15],
    [60, 3],
    [10, 1],
    [1, 1],
  ])('of a bucket of %i is %i', (quota, size) => {
    expect(leaseSizeOf(of(quota))).toBe(size);
  });
});

describe('a lease', () => {
  it('is worn at a half and low at a fifth', () => {
    expect([11, 10].map((tokens) => isWorn(aLease({ tokens })))).toEqual([false, true]);
    expect([5, 4].map((tokens) => isLow(aLease({ tokens })))).toEqual([false, true]);
  });

  it('says what is left here and in the shared bucket, as it has filled since', () => {
    expect(spend(aLease({ tokens: 20, left: 480 }), 0)).toEqual({ isAllowed: true, remaining: 499, resetSeconds: 31 });
    expect(spend(aLease({ tokens: 20, left: 480 }), 6000).remaining).toBe(599);
    expect(spend(aLease({ tokens: 20, left: 980 }), 60_000).remaining).toBe(999);
  });

  it('asks for the requests that wait, and for what it lacks unless it owes', () => {
    const lease = aLease({ tokens: 8 });
    expect(board(lease)).toMatchObject({ owed: 0, returned: 0, needed: 0, ahead: 12 });
    lease.owed = 3;
    waitFor(lease, 2);
    expect(board(lease)).toMatchObject({ owed: 3, returned: 0, needed: 2, ahead: 0 });
    expect([lease.owed, lease.waiting.length, lease.boarded.length]).toEqual([0, 0, 2]);
  });

  it('gives back what it has and tells what it owes; a failure leaves both as they were', () => {
    const lease = aLease({ tokens: 8 });
    lease.owed = 3;
    const told = giveBack(lease);
    expect(told).toMatchObject({ owed: 3, returned: 8, needed: 0, ahead: 0 });
    expect([lease.tokens, lease.owed]).toEqual([0, 0]);
    undo(lease, told);
    expect([lease.tokens, lease.owed]).toEqual([8, 3]);
  });

  it('serves those who wait in their order, and refuses the rest of them when the bucket is empty', () => {
    const lease = aLease({ tokens: 0, left: 2 });
    const decisions = waitFor(lease, 3);
    board(lease);
    receive(lease, { granted: 2, leftThousandths: 400 }, at());
    serve(lease, 0);
    expect(verdictsOf(decisions)).toEqual([true, true, false]);
    expect(decisions.at(-1)).toEqual({ isAllowed: false, remaining: 0, resetSeconds: 1 });
  });

  it('lets those wait again who came too late for the exchange, while the bucket has tokens', () => {
    const lease = aLease({ tokens: 0 });
    const boarded = waitFor(lease, 1);
    board(lease);
    const late = waitFor(lease, 2);
    receive(lease, { granted: 2, leftThousandths: 900_000 }, at());
    serve(lease, 0);
    expect([verdictsOf(boarded), verdictsOf(late), lease.waiting.length]).toEqual([[true], [true], 1]);
  });

  it('knows until when there is nothing to be had', () => {
    expect(aLease({ tokens: 0, left: 0.5 }).emptyUntilMs).toBeCloseTo(30);
    expect(aLease({ tokens: 0, left: 1 }).emptyUntilMs).toBe(0);
  });

  it('asks an empty bucket again after ten milliseconds at the earliest, and lets other processes have their turn', () => {
    const lease = aLease({ tokens: 0 });
    const pauseOf = (left: number, processes: number): number => {
      receive(lease, { granted: 0, leftThousandths: left * 1000 }, at(0, processes));
      return lease.emptyUntilMs;
    };
    expect(pauseOf(0.999, 1)).toBe(10);
    expect(pauseOf(0.5, 4)).toBeCloseTo(120);
    expect(pauseOf(0.5, 100)).toBe(250);
  });
});

describe('without Redis', () => {
  const alone = (nowMs: number, processes = 4) => ({ nowMs, processes });
  const countServed = (lease: ReturnType<typeof openLease>, surroundings: { nowMs: number; processes: number }) => {
    let served = 0;
    while (decideLocally(lease, surroundings).isAllowed) served += 1;
    return served;
  };

  it('each process has its part of what was left, and of what comes', () => {
    const lease = aLease({ tokens: 0, left: 400 });
    expect(countServed(lease, alone(0))).toBe(100);
    expect(countServed(lease, alone(6000))).toBe(25);
    expect(countServed(lease, alone(3_600_000))).toBe(250);
    expect(lease.owed).toBe(375);
  });

  it('counts with what the shared bucket has gained since it was heard of', () => {
    expect(countServed(aLease({ tokens: 0, left: 400 }), alone(6000))).toBe(125);
  });

  it('has its part of a full bucket where nothing is known', () => {
    expect(countServed(openLease(limit, 'ada'), alone(0))).toBe(250);
  });

  it('integrity: refuses nobody for whom there is a token, however many processes there are', () => {
    expect(decideLocally(aLease({ tokens: 0, left: 1 }), alone(0, 50)).isAllowed).toBe(true);
    expect(decideLocally(openLease(of(5), 'ada'), alone(0, 50)).isAllowed).toBe(true);
    expect(decideLocally(aLease({ tokens: 0, left: 0.5 }), alone(0, 50)).isAllowed).toBe(false);
  });

  it('race: who was served here while an answer was under way is paid for out of it', () => {
    const lease = aLease({ tokens: 0 });
    const decisions = waitFor(lease, 3);
    board(lease);
    expect(serveLocally(lease, alone(0))).toBe(3);
    expect(verdictsOf(decisions)).toEqual([true, true, true]);
    receive(lease, { granted: 23, leftThousandths: 900_000 }, at());
    expect([lease.tokens, lease.owed]).toEqual([20, 0]);
  });

  it('is over with the first answer', () => {
    const lease = aLease({ tokens: 0, left: 4 });
    countServed(lease, alone(0));
    receive(lease, { granted: 0, leftThousandths: 900_000 }, at());
    expect(lease.local).toBeUndefined();
  });
});
