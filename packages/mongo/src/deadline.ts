import { type Clock, type Ctx, commonErrors } from '@plinth/kernel';

/** Milliseconds that the call still has. @throws `upstream-timeout` when there are none. */
export const remainingMs = (ctx: Ctx, clock: Clock): number => {
  const left = ctx.deadline - clock.now().getTime();
  if (left <= 0) throw commonErrors.upstreamTimeout();
  return Math.ceil(left);
};
