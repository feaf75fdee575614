import { setTimeout as sleep } from 'node:timers/promises';

export const pauseAfterErrorMs = 1000;

/** Node has no timers of more than 24 days, and the clocks of this process and the database drift apart. */
export const waitMaxMs = 60 * 60 * 1000;

/** Waits for so many milliseconds, or until the signal aborts. */
export const waitOrAbort = async (ms: number, signal: AbortSignal): Promise<void> => {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
};

type RepeatOptions = { readonly onError: (cause: unknown) => void; readonly signal: AbortSignal };

/** Runs a step, and again so many milliseconds after its end, until the signal aborts. A failure is reported, and ends nothing. */
export const repeatEvery = async (
  ms: number,
  step: () => Promise<unknown>,
  { onError, signal }: RepeatOptions,
): Promise<void> => {
  while (!signal.aborted) {
    await step().catch(onError);
    await waitOrAbort(ms, signal);
  }
};
