import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Admission, createAdmission } from './admission.ts';

let time = 0;
let admission: Admission;

beforeEach(() => {
  vi.useFakeTimers();
  time = 0;
  admission = createAdmission({ inFlightMax: 2, waitingMax: 3, waitMs: 1000, lagMs: 500 }, () => time);
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

const enter = () => {
  const request = { outcome: 'waiting' };
  admission.enter((isAdmitted) => {
    request.outcome = isAdmitted ? 'admitted' : 'rejected';
  });
  return request;
};
const enterMany = (length: number) => Array.from({ length }, enter);
const getOutcomes = (requests: readonly { outcome: string }[]) => requests.map(({ outcome }) => outcome);

describe('admission', () => {
  it('boundary: admits as many as there is room for, queues some and rejects the rest at once', () => {
    const expected = ['admitted', 'admitted', 'waiting', 'waiting', 'waiting', 'rejected'];
    expect(getOutcomes(enterMany(6))).toEqual(expected);
  });

  it('race: passes each freed slot to the request that has waited longest, once', () => {
    const requests = enterMany(4);
    admission.leave();
    expect(getOutcomes(requests)).toEqual(['admitted', 'admitted', 'admitted', 'waiting']);
    admission.leave();
    admission.leave();
    expect(getOutcomes(requests)).toEqual(['admitted', 'admitted', 'admitted', 'admitted']);
    expect(getOutcomes(enterMany(2))).toEqual(['admitted', 'waiting']);
  });

  it('rejects a request that has waited too long, and keeps later ones in the queue', () => {
    const first = enterMany(3);
    advance(600);
    const second = enter();
    advance(500);
    expect(getOutcomes([...first, second])).toEqual(['admitted', 'admitted', 'rejected', 'waiting']);
    admission.leave();
    expect(second.outcome).toBe('admitted');
  });

  it('integrity: rejects new requests while the event loop lags, and admits them afterwards', () => {
    advance(100, 501);
    expect(enter().outcome).toBe('rejected');
    advance(100);
    expect(enter().outcome).toBe('admitted');
  });
});
