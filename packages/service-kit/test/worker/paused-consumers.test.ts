import { createManualClock, fakeDatabase } from '@plinth/testing';
import { expect, it, vi } from 'vitest';
import { createPausedConsumers } from '../../src/worker/paused-consumers.ts';

it('race: a consumer that another process resumes is known as soon as one of its messages arrives', async () => {
  const { pauses } = fakeDatabase({}, { clock: createManualClock() }).store;
  const list = vi.fn(pauses.list);
  const consumers = createPausedConsumers({ pauses: { list }, onError: vi.fn() });
  const resumed = vi.fn();
  consumers.onResume(resumed, new AbortController().signal);
  await pauses.pause('count');
  expect([consumers.has('count'), await consumers.isPaused('count'), consumers.has('count')]).toEqual([
    false,
    true,
    true,
  ]);
  await pauses.resume('count');
  expect([await consumers.isPaused('count'), await consumers.isPaused('count')]).toEqual([false, false]);
  expect(resumed.mock.calls).toEqual([['count']]);
  const { length } = list.mock.calls;
  expect(await consumers.isPaused('other')).toBe(false);
  expect(list.mock.calls).toHaveLength(length);
});

it('reports a failed read, and rejects for a message while the state is unknown', async () => {
  const error = new Error('no primary');
  const onError = vi.fn();
  const consumers = createPausedConsumers({ pauses: { list: () => Promise.reject(error) }, onError });
  await expect(consumers.isPaused('count')).rejects.toThrow(error);
  const stopping = new AbortController();
  const watching = consumers.watch(stopping.signal);
  await expect.poll(() => onError.mock.calls).toEqual([[error]]);
  stopping.abort();
  await watching;
});
