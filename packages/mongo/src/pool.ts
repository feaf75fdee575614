import type { PoolStats } from '@plinth/data-kit';
import type { MongoClient } from 'mongodb';

/** Counts the connections of a client by the driver's events. Call it before the client connects. */
export const monitorPool = (client: MongoClient): (() => PoolStats) => {
  let size = 0;
  let checkedOut = 0;
  let waiting = 0;
  let failed = 0;
  client
    .on('connectionCreated', () => void (size += 1))
    .on('connectionClosed', () => void (size -= 1))
    .on('connectionCheckOutStarted', () => void (waiting += 1))
    .on('connectionCheckedOut', () => {
      waiting -= 1;
      checkedOut += 1;
    })
    .on('connectionCheckOutFailed', () => {
      waiting -= 1;
      failed += 1;
    })
    .on('connectionCheckedIn', () => void (checkedOut -= 1));
  return () => ({ size, sizeMax: client.options.maxPoolSize, checkedOut, waiting, failed });
};
