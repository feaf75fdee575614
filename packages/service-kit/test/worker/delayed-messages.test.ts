import { expect, it, vi } from 'vitest';
import { createDelayedMessages } from '../../src/worker/delayed-messages.ts';

const start = (releaseDue: () => Promise<number | undefined>) => {
  const onError = vi.fn();
  const stopping = new AbortController();
  const delayed = createDelayedMessages({ inbox: { releaseDue }, onError });
  const running = delayed.run(stopping.signal);
  const stop = async (): Promise<void> => {
    stopping.abort();
    await running;
  };
  return { delayed, onError, stop };
};

it('reads the inbox when a message is due and when a delayed one arrives, and not between', async () => {
  const waits = [0, 20, undefined];
  const releaseDue = vi.fn(async () => waits.shift());
  const { delayed, stop } = start(releaseDue);
  await expect.poll(() => releaseDue.mock.calls.length).toBe(3);
  delayed.onChange({ state: 'ready' });
  delayed.onChange({ state: 'done' });
  await new Promise(setImmediate);
  expect(releaseDue).toHaveBeenCalledTimes(3);
  delayed.onChange({ state: 'delayed' });
  await expect.poll(() => releaseDue.mock.calls.length).toBe(4);
  delayed.onGap();
  await expect.poll(() => releaseDue.mock.calls.length).toBe(5);
  await stop();
});

it('boundary: waits for an hour at most, because a longer timer of Node ends at once', async () => {
  const releaseDue = vi.fn(async () => 2 ** 40);
  const { stop } = start(releaseDue);
  await expect.poll(() => releaseDue.mock.calls.length).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(releaseDue).toHaveBeenCalledTimes(1);
  await stop();
});

it('continues after an error of the inbox', async () => {
  const releaseDue = vi.fn(async (): Promise<number | undefined> => undefined);
  releaseDue.mockRejectedValueOnce(new Error('away'));
  const { onError, stop } = start(releaseDue);
  await expect.poll(() => releaseDue.mock.calls.length, { timeout: 5000 }).toBe(2);
  expect(onError).toHaveBeenCalledExactlyOnceWith(new Error('away'));
  await stop();
});
