import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Admission, createAdmission } from './admission.ts';

let time = 0;
let admission: Admission;

beforeEach(() => {
  vi.useFakeTimers();
  time = 0;
  admission = createAdmission({ inFlightMax: 4, waitingMax: 6, waitMs: 1000, lagMs: 500 }, () => time);
});
afterEach(() => {
  admission.stop();
  vi.useRealTimers();
});

/** Advances the time from check to check; the last check comes late by `lagMs`. */
const advance = (ms: number, lagMs = 0): void => {
  for (let passed = 100; passed <= ms; passed += 100) {
    time += passed === ms ? 100 + lagMs : 100;
    vi.advanceTimersByTime(100);
  }
};

const toCaller = (user: string, tenant = 'tenant') => ({ user: `${tenant} ${user}`, tenant });
const alice = toCaller('alice');
const bob = toCaller('bob', 'other');
const carol = toCaller('carol', 'another');
const dave = toCaller('dave', 'another');

const enter = (caller = alice) => {
  const request = { caller, outcome: 'waiting' };
  admission.enter(caller, (isAdmitted) => {
    request.outcome = isAdmitted ? 'admitted' : 'rejected';
  });
  return request;
};
const enterMany = (length: number, caller = alice) => Array.from({ length }, () => enter(caller));
const getOutcomes = (requests: readonly { outcome: string }[]) => requests.map(({ outcome }) => outcome);

describe('admission', () => {
  it('boundary: gives a user half of the slots and of the places in the queue, and rejects the rest immediately', () => {
    const outcomes = ['admitted', 'admitted', 'waiting', 'waiting', 'waiting', 'rejected'];
    expect(getOutcomes(enterMany(6))).toEqual(outcomes);
  });

  it('boundary: gives a user a 32nd of the slots, but at least one, while others send requests too', () => {
    enter();
    expect(getOutcomes(enterMany(2, bob))).toEqual(['admitted', 'waiting']);
    expect(enter(alice).outcome).toBe('waiting');
    expect(enter(carol).outcome).toBe('admitted');
  });

  it('boundary: gives a user half of the slots again a second after the last request of another user', () => {
    enter(bob);
    enter();
    advance(900);
    expect(enter().outcome).toBe('waiting');
    advance(100);
    expect(enter().outcome).toBe('admitted');
  });

  it('boundary: gives the users of a tenant three quarters of the slots together', () => {
    const users = ['a', 'b', 'c', 'd'].map((name) => enter(toCaller(name)));
    expect(getOutcomes(users)).toEqual(['admitted', 'admitted', 'admitted', 'waiting']);
    expect(enter(bob).outcome).toBe('admitted');
  });

  it('race: passes each freed slot to the request of a user that has waited longest, once', () => {
    const requests = enterMany(4);
    admission.leave(alice);
    expect(getOutcomes(requests)).toEqual(['admitted', 'admitted', 'admitted', 'waiting']);
    admission.leave(alice);
    admission.leave(alice);
    expect(getOutcomes(requests)).toEqual(['admitted', 'admitted', 'admitted', 'admitted']);
    expect(getOutcomes(enterMany(2))).toEqual(['admitted', 'waiting']);
  });

  it('race: lets users take turns, however many requests one of them has in the queue', () => {
    enterMany(2);
    enter(bob);
    enter(dave);
    const flood = enterMany(2);
    const single = enter(carol);
    admission.leave(bob);
    expect(getOutcomes([...flood, single])).toEqual(['waiting', 'waiting', 'admitted']);
    admission.leave(alice);
    admission.leave(alice);
    expect(getOutcomes(flood)).toEqual(['admitted', 'waiting']);
  });

  it('rejects a request that has waited too long, and keeps later ones in the queue', () => {
    const first = enterMany(3);
    advance(600);
    const second = enter();
    advance(500);
    expect(getOutcomes([...first, second])).toEqual(['admitted', 'admitted', 'rejected', 'waiting']);
    admission.leave(alice);
    expect(second.outcome).toBe('admitted');
  });

  it('admits requests after a single stall of the event loop', () => {
    advance(100, 2000);
    expect(enter().outcome).toBe('admitted');
  });

  it('integrity: rejects new requests while the event loop lags in two checks in a row, and admits them afterwards', () => {
    advance(100, 501);
    advance(100, 501);
    expect(enter().outcome).toBe('rejected');
    advance(100);
    expect(enter().outcome).toBe('admitted');
  });
});
