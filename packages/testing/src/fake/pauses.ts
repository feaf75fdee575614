import type { Clock, Pauses } from '@plinth/data-kit';

/** Creates the pauses of the fake. */
export const fakePauses = (clock: Clock): Pauses => {
  const pauses = new Map<string, Date>();
  return {
    list: async () =>
      [...pauses]
        .map(([consumer, pausedAt]) => ({ consumer, pausedAt }))
        .toSorted((one, other) => (one.consumer < other.consumer ? -1 : 1)),
    pause: async (consumer) => {
      if (pauses.has(consumer)) return false;
      pauses.set(consumer, clock.now());
      return true;
    },
    resume: async (consumer) => pauses.delete(consumer),
  };
};
