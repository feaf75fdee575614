import type { Clock, Ids } from '@plinth/data-kit';
import { v7 } from 'uuid';
import { createRandom, random, randomBytesOf } from './seed.ts';

export type HeldClock = Clock & {
  /** Moves the time forward. */
  advance(ms: number): void;
};

/** A clock that stands still until it is told to move. It begins now, so that deadlines of `aContext` lie ahead. */
export const aClock = (start: Date = new Date()): HeldClock => {
  let time = start.getTime();
  return {
    now: () => new Date(time),
    advance: (ms) => {
      if (!(ms >= 0)) throw new RangeError('A held clock moves forward only.');
      time += ms;
    },
  };
};

/**
 * UUIDv7 ids of a clock's time and a counter: their order is the order of their making, also while the clock stands
 * still. The same clock, calls and seed make the same ids.
 */
export const idsFrom = (clock: Clock, seed: number = random()): Ids => {
  const next = createRandom(seed);
  let latest = 0;
  let counter = 0;
  return {
    next: () => {
      latest = Math.max(latest, clock.now().getTime());
      counter += 1;
      return v7({ msecs: latest, seq: counter, random: randomBytesOf(next, 16) });
    },
  };
};
