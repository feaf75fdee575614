import { expect, it } from 'vitest';
import { raise, setup } from 'xstate';
import { getSagaStep, moveSaga } from './saga.ts';

type Context = { readonly waitMs: number };

const machine = setup({
  types: { context: {} as Context, events: {} as { type: 'go' | 'time-out' } },
}).createMachine({
  id: 'trip',
  context: { waitMs: 0 },
  initial: 'packing',
  states: {
    packing: { on: { go: 'waiting' } },
    waiting: {
      entry: raise({ type: 'time-out' }, { delay: ({ context }) => context.waitMs }),
      on: { go: 'gone', 'time-out': 'home' },
    },
    gone: { type: 'final' },
    home: { type: 'final' },
  },
});

const at = new Date(1000);
const packing = { status: 'packing', history: [{ status: 'packing', at }], waitMs: 500 };

it('moves to the next status, with the timer of that status as data', () => {
  const moved = moveSaga(machine, packing, { event: { type: 'go' }, at });
  expect(moved).toEqual({
    status: 'waiting',
    entry: { status: 'waiting', at },
    timer: { event: { type: 'time-out' }, at: new Date(1500) },
  });
});

it('moves by the event of the timer, with a reason, and then has no timer', () => {
  const waiting = { ...packing, status: 'waiting' };
  const moved = moveSaga(machine, waiting, { event: { type: 'time-out' }, reason: 'late', at });
  expect(moved).toEqual({ status: 'home', entry: { status: 'home', at, reason: 'late' }, timer: undefined });
});

it('ignores an event that its status does not name, also at its end', () => {
  expect(moveSaga(machine, packing, { event: { type: 'time-out' }, at })).toBeUndefined();
  expect(moveSaga(machine, { ...packing, status: 'gone' }, { event: { type: 'go' }, at })).toBeUndefined();
});

it('counts its steps', () => {
  expect(getSagaStep(packing)).toBe(1);
});
