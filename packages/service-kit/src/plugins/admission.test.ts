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

/** Lets time pass in the steps in which it is looked at; \`stalls\` is by how much the last one comes late. */
const pass = (ms: number, stalls = 0): void => {
  for (let passed = 0; passed < ms; passed += 100) {
    time += 100 + (passed + 100 >= ms ? stalls : 0);
    vi.advanceTimersByTime(100);
  }
};

const enter = () => {
  const state = { outcome: 'waiting' };
  admission.enter((isAdmitted) => {
    state.outcome = isAdmitted ? 'in' : 'refused';
  });
  return state;
};
const outcomes = (states: readonly { outcome: string }[]) => states.map(({ outcome }) => outcome);

describe('admission', () => {
  it('boundary: lets in as many as there is room for, lets some wait and refuses the rest at once', () => {
    expect(outcomes(Array.from({ length: 6 }, enter))).toEqual([
      'in',
      'in',
      'waiting',
      'waiting',
      'waiting',
      'refused',
    ]);
  });

  it('race: gives the room of who leaves to who has waited longest, and to nobody twice', () => {
    const states = Array.from({ length: 4 }, enter);
    admission.leave();
    expect(outcomes(states)).toEqual(['in', 'in', 'in', 'waiting']);
    admission.leave();
    admission.leave();
    expect(outcomes(states)).toEqual(['in', 'in', 'in', 'in']);
    const next = [enter(), enter()];
    expect(outcomes(next)).toEqual(['in', 'waiting']);
  });

  it('refuses who has waited for too long, and lets later ones wait in their place', () => {
    const first = Array.from({ length: 3 }, enter);
    pass(600);
    const second = enter();
    pass(500);
    expect(outcomes([...first, second])).toEqual(['in', 'in', 'refused', 'waiting']);
    admission.leave();
    expect(second.outcome).toBe('in');
  });

  it('integrity: takes nothing new on while the event loop is late, and goes on when it is not', () => {
    pass(100, 501);
    expect(enter().outcome).toBe('refused');
    pass(100);
    expect(enter().outcome).toBe('in');
  });
});
