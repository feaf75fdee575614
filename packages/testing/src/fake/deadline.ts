import { commonErrors } from '@plinth/contract-kit';
import { type Ctx } from '@plinth/data-kit';

/**
 * Held against the real time: a test that moves its clock by a month asks what happens to its documents,
 * not whether its call takes a month.
 * @throws `upstream-timeout` when the call has no time left.
 */
export const assertInTime = ({ deadline }: Ctx): void => {
  if (deadline <= Date.now()) throw commonErrors.upstreamTimeout();
};
