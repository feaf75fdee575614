/** A stretch of time, its end not included. */
export type Stretch = { readonly fromMs: number; readonly toMs: number };

export type Account = {
  /** Requests that were answered in that time, whenever they were due. */
  readonly requests: number;
  /** From due to answered, of the requests that were due in that time, whenever they were answered. */
  readonly latenciesMs: readonly number[];
  /** Requests that were refused in that time. */
  readonly refused: number;
};

/**
 * Keeps when each request was due and when it was answered. A latency counts from when the request was due, not from
 * when the load got round to sending it: a server that stalls is charged with every request that had to wait for it.
 */
export const createBook = () => {
  const dueMs: number[] = [];
  const answeredMs: number[] = [];
  const refusedMs: number[] = [];
  return {
    /** So many requests were answered in all. */
    size: (): number => dueMs.length,
    add: (due: number, answered: number): void => {
      dueMs.push(due);
      answeredMs.push(answered);
    },
    refuse: (ms: number): void => void refusedMs.push(ms),
    accountOf: ({ fromMs, toMs }: Stretch): Account => {
      const isWithin = (ms: number): boolean => ms >= fromMs && ms < toMs;
      return {
        requests: answeredMs.filter(isWithin).length,
        refused: refusedMs.filter(isWithin).length,
        latenciesMs: answeredMs.flatMap((answered, at) => {
          const due = dueMs[at] ?? Number.NaN;
          return isWithin(due) ? [answered - due] : [];
        }),
      };
    },
  };
};

export type Book = ReturnType<typeof createBook>;
