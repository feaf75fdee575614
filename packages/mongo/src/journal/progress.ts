import type { ClientSession, Timestamp } from 'mongodb';
import type { Change } from './event-stream.ts';

type Response = {
  readonly change: Change | null;
  readonly session: ClientSession;
  /** When it was requested, from `performance.now()`. */
  readonly requestedAt: number;
};

/**
 * Measures since when every event has been delivered. The server tells the time of its last write, and the time up to which a
 * majority has stored the writes; the stream is current once it has passed a time that was the last one when it was requested.
 */
export const createProgress = () => {
  let currentAt = Number.NEGATIVE_INFINITY;
  let target: { readonly time: Timestamp; readonly requestedAt: number } | undefined;
  /** A response without a change has passed this time of the response before it. */
  let committed: Timestamp | undefined;
  const hasPassed = (time: Timestamp, { change }: Response): boolean =>
    change ? change.clusterTime?.greaterThan(time) === true : committed?.greaterThanOrEqual(time) === true;
  return {
    getCurrentAt: () => currentAt,
    onPastDelivered: (requestedAt: number): void => {
      currentAt = requestedAt;
    },
    onOpen: (): void => {
      target = undefined;
      committed = undefined;
    },
    onResponse: (response: Response): void => {
      const { session, requestedAt } = response;
      if (target && hasPassed(target.time, response)) {
        currentAt = target.requestedAt;
        target = undefined;
      }
      committed = session.operationTime;
      const time = session.clusterTime?.clusterTime;
      if (!target && time) target = { time, requestedAt };
    },
  };
};

export type Progress = ReturnType<typeof createProgress>;
