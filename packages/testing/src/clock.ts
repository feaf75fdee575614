import type { Clock, Ids } from '@plinth/data-kit';
import { v7 } from 'uuid';
import { createRandom, createRandomBytes, random } from './seed.ts';

export type ManualClock = Clock & {
  /** Moves the time forward. */
  advance(ms: number): void;
};

/** Creates a clock that only `advance` moves. It starts at the present, so that deadlines of `createContext` are in the future. */
export const createManualClock = (start: Date = new Date()): ManualClock => {
  let time = start.getTime();
  return {
    now: () => new Date(time),
    advance: (ms) => {
      if (!(ms >= 0)) throw new RangeError('A manual clock moves forward only.');
      time += ms;
    },
  };
};

/**
 * Creates UUIDv7 ids from the time of a clock and a counter, so that they sort in the order of their creation even at one
 * instant. The same clock, calls and seed create the same ids.
 */
export const createIds = (clock: Clock, seed: number = random()): Ids => {
  const next = createRandom(seed);
  let latest = 0;
  let counter = 0;
  return {
    next: () => {
      latest = Math.max(latest, clock.now().getTime());
      counter += 1;
      return v7({ msecs: latest, seq: counter, random: createRandomBytes(next, 16) });
    },
  };
};
