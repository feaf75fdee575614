import type { Exemplar, Sample } from './metric.ts';

/**
 * The upper bounds of the buckets, in milliseconds. Those that an objective names (50 and 500) are among them, because only
 * at a bound does a histogram know exactly how many were faster.
 */
const boundsMs = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

const le = [...boundsMs.map((bound) => String(bound / 1000)), '+Inf'];

/** The durations of one series. */
export type Durations = {
  /** @param traceId of a trace that is recorded; the last of each bucket is shown. */
  observe(ms: number, traceId?: string): void;
  read(labels: Readonly<Record<string, string>>): readonly Sample[];
};

/** Counts durations in plain numbers: that is all that a request pays for. */
export const createDurations = (): Durations => {
  const counts = boundsMs.map(() => 0);
  const exemplars: (Exemplar | undefined)[] = [...boundsMs, Infinity].map(() => undefined);
  let count = 0;
  let sumMs = 0;
  return {
    observe: (ms, traceId) => {
      let at = 0;
      while (at < boundsMs.length && ms > (boundsMs[at] as number)) at += 1;
      if (at < boundsMs.length) (counts[at] as number) += 1;
      count += 1;
      sumMs += ms;
      if (traceId !== undefined) exemplars[at] = { traceId, value: ms / 1000, at: Date.now() / 1000 };
    },
    read: (labels) => {
      let below = 0;
      const buckets = le.map((bound, at): Sample => {
        below = at < counts.length ? below + (counts[at] as number) : count;
        return { suffix: '_bucket', labels: { ...labels, le: bound }, value: below, exemplar: exemplars[at] };
      });
      return [...buckets, { suffix: '_sum', labels, value: sumMs / 1000 }, { suffix: '_count', labels, value: count }];
    },
  };
};
