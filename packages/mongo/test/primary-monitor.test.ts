import { MongoClient, type TopologyDescriptionChangedEvent } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isRetryable, isUnknownCommit, isUnreachable, NoPrimaryError, toApiError } from '../src/mongo-errors.ts';
import { monitorPrimary } from '../src/primary-monitor.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A client whose only events are those of the test. */
const aStage = () => {
  const client = new MongoClient('mongodb://127.0.0.1');
  const tell = (isWritable: boolean): void => {
    const newDescription = { servers: new Map([['127.0.0.1:27017', { isWritable }]]) };
    client.emit('topologyDescriptionChanged', { newDescription } as unknown as TopologyDescriptionChangedEvent);
  };
  return { primary: monitorPrimary(client), tell };
};

const endless = (): Promise<never> => new Promise(() => undefined);

/** Returns the milliseconds until a promise is settled. */
const endOf = async (promise: Promise<unknown>): Promise<number> => {
  const began = performance.now();
  let ended = Number.POSITIVE_INFINITY;
  const onEnd = () => void (ended = performance.now() - began);
  promise.then(onEnd, onEnd);
  await vi.advanceTimersByTimeAsync(60_000);
  return ended;
};

describe('the timeout without a primary', () => {
  it('boundary: ends work that hangs although there is a primary', async () => {
    const { primary, tell } = aStage();
    tell(true);
    expect(await endOf(primary.withPrimaryTimeout(endless(), performance.now()))).toBe(9000);
    await primary.waitForPrimary(performance.now() - 60_000);
  });

  it('boundary: counts from the start of the work, also when the primary is lost later', async () => {
    const { primary, tell } = aStage();
    const refused = primary.withPrimaryTimeout(endless(), performance.now());
    const check = expect(refused).rejects.toBeInstanceOf(NoPrimaryError);
    await vi.advanceTimersByTimeAsync(2600);
    tell(false);
    expect(await endOf(refused)).toBe(900);
    await check;
    expect(await endOf(primary.waitForPrimary(performance.now() - 3000))).toBe(500);
  });

  it('is lifted when there is a primary again, except for work that hangs', async () => {
    const { primary, tell } = aStage();
    const refused = primary.withPrimaryTimeout(endless(), performance.now());
    tell(false);
    await vi.advanceTimersByTimeAsync(1000);
    const found = primary.waitForPrimary(performance.now());
    tell(true);
    await found;
    expect(await endOf(refused)).toBe(8000);
  });
});

describe('an error of a socket that the driver does not wrap', () => {
  const reset = Object.assign(new Error('write ECONNRESET'), { code: 'ECONNRESET', syscall: 'write' });

  it('is a lost connection, and leaves the outcome of a commit unknown', () => {
    expect([isUnreachable(reset), isRetryable(reset), isUnknownCommit(reset)]).toEqual([true, true, true]);
    expect(toApiError(reset)).toMatchObject({ code: 'unavailable', cause: reset });
  });

  it('boundary: an error of another kind is none', () => {
    const own = new TypeError('not a function');
    expect([isUnreachable(own), isRetryable(own)]).toEqual([false, false]);
    expect(toApiError(own)).toBe(own);
  });
});
