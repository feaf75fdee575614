import type { Db, Timestamp } from 'mongodb';
import { type Change, type EventStream, unlessHanging } from './event-stream.ts';

/** The time between two measurements. */
const everyMs = 1000;

/** Returns the cluster time of the last write of the primary, which a majority may not have yet. */
export const readLastWrite = async (db: Db, signal: AbortSignal): Promise<Timestamp> =>
  (await unlessHanging(db.command({ ping: 1 }, { signal })))['operationTime'];

/** Measures since when every event has been delivered, by the cluster times of the server. Times are of `performance.now()`. */
export type Progress = {
  /** Everything that was written before this time has been delivered. */
  getCurrentAt(): number;
  onPastDelivered(requestedAt: number): void;
  onOpen(): void;
  /** Call it after the delivery of each response. */
  onResponse(stream: EventStream, change: Change | null): Promise<void>;
};

/** Creates a measurement: the stream is current as of a moment when it has passed the last write of that moment. */
export const createProgress = (db: Db, signal: AbortSignal): Progress => {
  let currentAt = Number.NEGATIVE_INFINITY;
  let target: { readonly time: Timestamp; readonly requestedAt: number } | undefined;
  let targetAt = Number.NEGATIVE_INFINITY;
  /** The time up to which a majority had the writes at the previous response: one without a change has passed it. */
  let committed: Timestamp | undefined;
  const hasPassed = (time: Timestamp, change: Change | null): boolean =>
    change ? change.clusterTime?.greaterThan(time) === true : committed?.greaterThanOrEqual(time) === true;
  return {
    getCurrentAt: () => currentAt,
    onPastDelivered: (requestedAt) => {
      currentAt = requestedAt;
    },
    onOpen: () => {
      target = undefined;
      committed = undefined;
    },
    onResponse: async ({ session }, change) => {
      if (target && hasPassed(target.time, change)) {
        currentAt = target.requestedAt;
        target = undefined;
      }
      committed = session.operationTime;
      const requestedAt = performance.now();
      if (target || requestedAt < targetAt + everyMs) return;
      targetAt = requestedAt;
      target = { time: await readLastWrite(db, signal), requestedAt };
    },
  };
};
