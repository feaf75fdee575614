import { commonErrors } from '@plinth/contract-kit';
import { type Ctx } from '@plinth/data-kit';

/**
 * Compares with the real time: a test that advances its clock by a month tests its documents, not the duration of its call.
 * @throws `upstream-timeout` when the deadline has passed.
 */
export const assertInTime = ({ deadline }: Ctx): void => {
  if (deadline <= Date.now()) throw commonErrors.upstreamTimeout();
};
