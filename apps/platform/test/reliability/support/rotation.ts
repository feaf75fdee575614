import { getSeed } from '@plinth/testing';

const heavy = process.env['PLINTH_HEAVY'] === '1';

/**
 * Creates a function that returns the values to send in one of `places`, such as one field of one operation. It is called for each place in
 * turn. Each value is sent in at least `times` of them, in all at the heavy size. So the number of requests does not grow with the places.
 */
export const createRotation = (places: number, times: number) => {
  let place = getSeed() >>> 0;
  return <T>(values: readonly T[]): readonly T[] => {
    const step = heavy ? 1 : Math.max(1, Math.floor(places / times));
    place += 1;
    return values.filter((_, index) => index % step === place % step);
  };
};
