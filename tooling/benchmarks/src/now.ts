/** Milliseconds of a clock that never goes back and is the same one in every thread. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
