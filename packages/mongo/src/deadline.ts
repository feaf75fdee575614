import { commonErrors } from '@plinth/contract-kit';
import type { Clock, Ctx } from '@plinth/data-kit';

/** The longest timeout of Node and of MongoDB. */
const longestMs = 2 ** 31 - 1;

/** Returns the milliseconds until the deadline. @throws `upstream-timeout` when it has passed. */
export const remainingMs = ({ deadline }: Pick<Ctx, 'deadline'>, clock: Clock): number => {
  const left = deadline - clock.now().getTime();
  if (left <= 0) throw commonErrors.upstreamTimeout();
  return Math.min(Math.ceil(left), longestMs);
};

/** Returns the result of `work`. It is not cancelled. @throws the error of `createError` when it takes longer. */
export const withinMs = async <T>(work: Promise<T>, ms: number, createError: () => Error): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(createError()), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
};

/**
 * Starts `work` and returns its result. It is not cancelled at the deadline.
 * @throws `upstream-timeout` then, or when the deadline has passed before.
 */
export const untilDeadline = async <T>(
  work: () => Promise<T>,
  ctx: Pick<Ctx, 'deadline'>,
  clock: Clock,
): Promise<T> => {
  // Checked before the start: a rejection of work without a caller would be unhandled, which ends the process.
  const ms = remainingMs(ctx, clock);
  return withinMs(work(), ms, () => commonErrors.upstreamTimeout());
};

type RetryOptions = { readonly tries: number; readonly deadline: number; readonly clock: Clock };

/** Waits before the next try, with full jitter. @throws `unavailable` when the deadline would pass meanwhile. */
export const pauseBeforeRetry = async (cause: unknown, { tries, deadline, clock }: RetryOptions): Promise<void> => {
  const waitMs = Math.random() * Math.min(2 ** tries, 64);
  if (clock.now().getTime() + waitMs >= deadline) throw commonErrors.unavailable({ cause });
  await new Promise((resolve) => setTimeout(resolve, waitMs));
};
