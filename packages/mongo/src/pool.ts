import type { PoolStats } from '@plinth/data-kit';
import type { ConnectionReadyEvent, MongoClient } from 'mongodb';

type ConnectionEvent = Pick<ConnectionReadyEvent, 'address' | 'connectionId'>;

/** The id of a connection is unique for its server only. */
const toKey = ({ address, connectionId }: ConnectionEvent): string => `${address} ${connectionId}`;

/** Counts the connections of a client by the driver's events. Call it before the client connects. */
export const monitorPool = (client: MongoClient): (() => PoolStats) => {
  let size = 0;
  const ready = new Set<string>();
  let checkedOut = 0;
  let waiting = 0;
  let failed = 0;
  /** The driver emits no event for a caller that leaves the queue. While a connection is idle, the queue is empty. */
  const resetQueueWhenIdle = (): void => {
    if (waiting === 0) return;
    setImmediate(() => {
      if (ready.size > checkedOut) waiting = 0;
    });
  };
  const stopWaiting = (): void => void (waiting = Math.max(0, waiting - 1));
  client
    .on('connectionCreated', () => void (size += 1))
    .on('connectionReady', (event) => {
      ready.add(toKey(event));
      resetQueueWhenIdle();
    })
    .on('connectionClosed', (event) => {
      size -= 1;
      ready.delete(toKey(event));
    })
    .on('connectionCheckOutStarted', () => void (waiting += 1))
    .on('connectionCheckedOut', () => {
      stopWaiting();
      checkedOut += 1;
    })
    .on('connectionCheckOutFailed', () => {
      stopWaiting();
      failed += 1;
    })
    .on('connectionCheckedIn', () => {
      checkedOut -= 1;
      resetQueueWhenIdle();
    });
  return () => ({ size, sizeMax: client.options.maxPoolSize, checkedOut, waiting, failed });
};
