import { MongoClient, type TopologyDescriptionChangedEvent } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  isAborted,
  isRepeatableCommit,
  isRetryable,
  isUnreachable,
  NoPrimaryError,
  toApiError,
} from '../src/mongo-errors.ts';
import { monitorPrimary } from '../src/primary-monitor.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Creates a monitor of a client that emits only the events of the test. */
const createMonitor = () => {
  const client = new MongoClient('mongodb://127.0.0.1');
  const setWritable = (isWritable: boolean): void => {
    const newDescription = { servers: new Map([['127.0.0.1:27017', { isWritable }]]) };
    client.emit('topologyDescriptionChanged', { newDescription } as unknown as TopologyDescriptionChangedEvent);
  };
  return { primary: monitorPrimary(client), setWritable };
};

const neverSettles = (): Promise<never> => new Promise(() => undefined);

/** Returns the milliseconds until a promise settles. */
const measureDuration = async (promise: Promise<unknown>): Promise<number> => {
  const start = performance.now();
  let duration = Number.POSITIVE_INFINITY;
  const onEnd = () => void (duration = performance.now() - start);
  promise.then(onEnd, onEnd);
  await vi.advanceTimersByTimeAsync(60_000);
  return duration;
};

describe('the timeout without a primary', () => {
  it('boundary: ends work that hangs although there is a primary', async () => {
    const { primary, setWritable } = createMonitor();
    setWritable(true);
    expect(await measureDuration(primary.withPrimaryTimeout(neverSettles(), performance.now()))).toBe(9000);
    await primary.waitForPrimary(performance.now() - 60_000);
  });

  it('boundary: counts from the start of the work, even when the primary is lost later', async () => {
    const { primary, setWritable } = createMonitor();
    const waiting = primary.withPrimaryTimeout(neverSettles(), performance.now());
    const check = expect(waiting).rejects.toBeInstanceOf(NoPrimaryError);
    await vi.advanceTimersByTimeAsync(2600);
    setWritable(false);
    expect(await measureDuration(waiting)).toBe(900);
    await check;
    expect(await measureDuration(primary.waitForPrimary(performance.now() - 3000))).toBe(500);
  });

  it('does not end work that continues on a new primary, except when it hangs', async () => {
    const { primary, setWritable } = createMonitor();
    const waiting = primary.withPrimaryTimeout(neverSettles(), performance.now());
    setWritable(false);
    await vi.advanceTimersByTimeAsync(1000);
    const found = primary.waitForPrimary(performance.now());
    setWritable(true);
    await found;
    expect(await measureDuration(waiting)).toBe(8000);
  });
});

describe('an error of a socket that the driver does not wrap', () => {
  const reset = Object.assign(new Error('write ECONNRESET'), { code: 'ECONNRESET', syscall: 'write' });

  it('is a lost connection, and leaves the outcome of a commit unknown', () => {
    expect([isUnreachable(reset), isRetryable(reset), isRepeatableCommit(reset)]).toEqual([true, true, true]);
    expect(isAborted(reset)).toBe(false);
    expect(toApiError(reset)).toMatchObject({ code: 'unavailable', cause: reset });
  });

  it('boundary: an error of another kind is not a lost connection', () => {
    const bug = new TypeError('not a function');
    expect([isUnreachable(bug), isRetryable(bug)]).toEqual([false, false]);
    expect(toApiError(bug)).toBe(bug);
  });
});
