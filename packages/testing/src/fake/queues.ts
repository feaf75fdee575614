import type { Queue, QueuedMessage, Queues, QueueWorkerOptions } from '@plinth/data-kit';

type Entry = { readonly message: QueuedMessage; state: 'waiting' | 'delayed' | 'in-hand' };
type Worker = QueueWorkerOptions & { readonly inHand: Set<Promise<void>> };
type FakeQueue = {
  readonly entries: Map<string, Entry>;
  readonly workers: Set<Worker>;
  /** The messages that workers have begun with since a time of `performance.now()`. */
  begun: { readonly since: number; count: number };
};

const rejectedPauseMs = 1000;

const handle = async (queue: FakeQueue, worker: Worker, entry: Entry): Promise<void> => {
  entry.state = 'in-hand';
  // As with a real queue, a message never reaches its handler within the call that adds it.
  await Promise.resolve();
  const outcome = await worker
    .handle({ ...entry.message, isTakenOver: false })
    .catch(() => ({ pauseMs: rejectedPauseMs }));
  if (!outcome) {
    queue.entries.delete(entry.message.id);
    return;
  }
  entry.state = 'delayed';
  const wake = () => {
    entry.state = 'waiting';
    dispatch(queue);
  };
  setTimeout(wake, outcome.pauseMs).unref();
};

/** Counts a message. Returns false when the limit is reached, and dispatches again when it is not any more. */
const isWithinLimit = (queue: FakeQueue, { rateLimit }: Worker): boolean => {
  if (!rateLimit) return true;
  const now = performance.now();
  if (now >= queue.begun.since + rateLimit.perMs) queue.begun = { since: now, count: 0 };
  if (queue.begun.count >= rateLimit.max) {
    setTimeout(() => dispatch(queue), queue.begun.since + rateLimit.perMs - now).unref();
    return false;
  }
  queue.begun.count += 1;
  return true;
};

/** Passes waiting messages to free workers. */
const dispatch = (queue: FakeQueue): void => {
  for (const entry of queue.entries.values()) {
    const worker = [...queue.workers].find(({ inHand, concurrency }) => inHand.size < concurrency);
    if (!worker) return;
    if (entry.state !== 'waiting') continue;
    if (!isWithinLimit(queue, worker)) return;
    const handling = handle(queue, worker, entry).finally(() => {
      worker.inHand.delete(handling);
      dispatch(queue);
    });
    worker.inHand.add(handling);
  }
};

const openQueue = (queue: FakeQueue): Queue => ({
  add: async (messages) => {
    for (const message of structuredClone(messages)) {
      if (!queue.entries.has(message.id)) queue.entries.set(message.id, { message, state: 'waiting' });
    }
    dispatch(queue);
  },
  list: async () => structuredClone([...queue.entries.values()].map(({ message }) => message)),
  close: async () => undefined,
});

/** Creates queues in memory. They lose nothing, so no message is ever taken over. */
export const fakeQueues = (): Queues => {
  const queues = new Map<string, FakeQueue>();
  const getQueue = (name: string): FakeQueue => {
    const queue = queues.get(name) ?? {
      entries: new Map(),
      workers: new Set(),
      begun: { since: Number.NEGATIVE_INFINITY, count: 0 },
    };
    queues.set(name, queue);
    return queue;
  };
  const stop = async (queue: FakeQueue, worker: Worker): Promise<void> => {
    queue.workers.delete(worker);
    await Promise.all(worker.inHand);
  };
  return {
    open: (name) => openQueue(getQueue(name)),
    work: (name, options) => {
      const queue = getQueue(name);
      const worker: Worker = { ...options, inHand: new Set() };
      queue.workers.add(worker);
      dispatch(queue);
      return { stop: () => stop(queue, worker) };
    },
    check: async () => undefined,
    close: async () => {
      const all = [...queues.values()].flatMap((queue) => [...queue.workers].map((worker) => stop(queue, worker)));
      await Promise.all(all);
    },
  };
};
