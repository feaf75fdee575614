import type { PoolStats } from '@plinth/data-kit';
import type { ConnectionReadyEvent, MongoClient } from 'mongodb';

type ConnectionEvent = Pick<ConnectionReadyEvent, 'address' | 'connectionId'>;

/** The id of a connection is unique for its server only. */
const toKey = ({ address, connectionId }: ConnectionEvent): string => `${address} ${connectionId}`;

/** The durations of the driver are whole milliseconds. */
const precisionMs = 2;

/**
 * Counts the callers that wait for a connection of one server. The driver emits no event for a caller that leaves the queue, but
 * it serves them in their order: when one has waited for a time, those that have waited for longer have left.
 */
const createQueueCounter = () => {
  let startedAt: number[] = [];
  return {
    count: () => startedAt.length,
    onStart: () => void startedAt.push(performance.now()),
    onEnd: ({ durationMS }: { readonly durationMS: number }) => {
      const since = performance.now() - durationMS;
      const first = startedAt.findIndex((time) => time >= since - precisionMs);
      const left = first === -1 ? startedAt.length : first;
      const isCounted = (startedAt[left] ?? Number.POSITIVE_INFINITY) <= since + precisionMs;
      startedAt.splice(0, left + Number(isCounted));
    },
    clear: () => {
      startedAt = [];
    },
  };
};

/** Counts the connections of a client by the driver's events. Call it before the client connects. */
export const monitorPool = (client: MongoClient): (() => PoolStats) => {
  let size = 0;
  const ready = new Set<string>();
  let checkedOut = 0;
  const queues = new Map<string, ReturnType<typeof createQueueCounter>>();
  let failed = 0;
  const getQueue = (address: string) => {
    const queue = queues.get(address) ?? createQueueCounter();
    queues.set(address, queue);
    return queue;
  };
  /** While a connection is idle, the queue is empty. */
  const clearQueueWhenIdle = ({ address }: ConnectionEvent): void => {
    if (getQueue(address).count() === 0) return;
    setImmediate(() => {
      if (ready.size > checkedOut) getQueue(address).clear();
    });
  };
  client
    .on('connectionCreated', () => void (size += 1))
    .on('connectionReady', (event) => {
      ready.add(toKey(event));
      clearQueueWhenIdle(event);
    })
    .on('connectionClosed', (event) => {
      size -= 1;
      ready.delete(toKey(event));
    })
    .on('connectionCheckOutStarted', ({ address }) => getQueue(address).onStart())
    .on('connectionCheckedOut', (event) => {
      getQueue(event.address).onEnd(event);
      checkedOut += 1;
    })
    .on('connectionCheckOutFailed', (event) => {
      getQueue(event.address).onEnd(event);
      failed += 1;
    })
    .on('connectionCheckedIn', (event) => {
      checkedOut -= 1;
      clearQueueWhenIdle(event);
    });
  const countWaiting = (): number => [...queues.values()].reduce((sum, queue) => sum + queue.count(), 0);
  return () => ({ size, sizeMax: client.options.maxPoolSize, checkedOut, waiting: countWaiting(), failed });
};
