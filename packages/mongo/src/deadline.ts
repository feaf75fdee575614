import { commonErrors } from '@plinth/contract-kit';
import { type Clock, type Ctx } from '@plinth/data-kit';

/** Milliseconds that the call still has. @throws `upstream-timeout` when there are none. */
export const remainingMs = ({ deadline }: Pick<Ctx, 'deadline'>, clock: Clock): number => {
  const left = deadline - clock.now().getTime();
  if (left <= 0) throw commonErrors.upstreamTimeout();
  return Math.ceil(left);
};

type Retry = { readonly tries: number; readonly clock: Clock; readonly cause: unknown };

/** Waits before the next try, with full jitter. @throws `unavailable` when the deadline would pass meanwhile. */
export const pauseUntil = async (deadline: number, { tries, clock, cause }: Retry): Promise<void> => {
  const waitMs = Math.random() * Math.min(2 ** tries, 64);
  if (clock.now().getTime() + waitMs >= deadline) throw commonErrors.unavailable({ cause });
  await new Promise((resolve) => setTimeout(resolve, waitMs));
};
