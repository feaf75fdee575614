// A process with a worker: it reports when it has started and each message that it has begun with. When it receives a message from
// its parent, it handles those in hand to their end and closes.
import { open, shortTimes } from './fixture.ts';

export type Begun = { readonly id: string; readonly isTakenOver: boolean };

const [REDIS_URL = '', REDIS_KEY_PREFIX] = process.argv.slice(2);
const { queues, lines } = open({ REDIS_URL, REDIS_KEY_PREFIX }, shortTimes);
const released = Promise.withResolvers<void>();

queues.open('suite');
queues.work('suite', {
  concurrency: 1,
  handle: async ({ id, isTakenOver }) => {
    process.send?.({ id, isTakenOver } satisfies Begun);
    await released.promise;
    return undefined;
  },
});

const close = async (): Promise<void> => {
  released.resolve();
  await queues.close();
  process.send?.(lines);
  // The process ends when nothing else is open.
  process.channel?.unref();
};

process.once('message', () => void close());
process.send?.('started');
