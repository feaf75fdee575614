import {
  type HandledMessage,
  type HandleMessage,
  type QueuedMessage,
  type Queues,
  type RateLimit,
  toMessageId,
} from '@plinth/data-kit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createId } from '../contexts.ts';

const createMessage = (): QueuedMessage => ({
  id: toMessageId('suite', createId()),
  tenantId: createId(),
  orderKey: createId(),
});

const createMessages = (count: number): QueuedMessage[] => Array.from({ length: count }, createMessage);

type Suite = {
  /** Opens a new queue, with its `name`. */
  open(): ReturnType<Queues['open']> & { readonly name: string };
  work(name: string, handle: HandleMessage, concurrency?: number, rateLimit?: RateLimit): ReturnType<Queues['work']>;
};

/** A handler that waits until its messages are released. */
const createGate = () => {
  const released = Promise.withResolvers<void>();
  const handled: HandledMessage[] = [];
  const handle: HandleMessage = async (message) => {
    handled.push(message);
    await released.promise;
    return undefined;
  };
  return { handle, handled, release: released.resolve };
};

const toIds = (messages: readonly QueuedMessage[]): string[] => messages.map(({ id }) => id).toSorted();

const membershipCases = ({ open, work }: Suite): void => {
  it('passes a message to a worker, and drops it when it has been handled', async () => {
    const queue = open();
    const message = createMessage();
    const { handle, handled, release } = createGate();
    await queue.add([]);
    await queue.add([message]);
    expect(await queue.list()).toEqual([message]);
    work(queue.name, handle);
    await expect.poll(() => handled).toEqual([{ ...message, isTakenOver: false }]);
    expect(await queue.list()).toEqual([message]);
    release();
    await expect.poll(() => queue.list()).toEqual([]);
  });

  it('keeps a message as it is when it is added again, whether it waits or is being handled', async () => {
    const queue = open();
    const message = createMessage();
    const { handle, handled, release } = createGate();
    await queue.add([message, message]);
    await queue.add([{ ...message, tenantId: createId() }]);
    work(queue.name, handle, 3);
    await expect.poll(() => handled).toHaveLength(1);
    await queue.add([message]);
    expect(await queue.list()).toEqual([message]);
    release();
    await expect.poll(() => queue.list()).toEqual([]);
    expect(handled).toEqual([{ ...message, isTakenOver: false }]);
  });

  it('forgets a handled message, so it is handled again when it is added again: only the inbox knows that it is done', async () => {
    const queue = open();
    const message = createMessage();
    const { handle, handled, release } = createGate();
    release();
    work(queue.name, handle);
    await queue.add([message]);
    await expect.poll(() => queue.list()).toEqual([]);
    await queue.add([message]);
    await expect.poll(() => handled).toHaveLength(2);
  });

  it('keeps the messages of queues apart', async () => {
    const [queue, other] = [open(), open()];
    const message = createMessage();
    await queue.add([message]);
    const { handle, handled, release } = createGate();
    release();
    work(other.name, handle);
    const another = createMessage();
    await other.add([another]);
    await expect.poll(() => handled).toEqual([{ ...another, isTakenOver: false }]);
    expect(await queue.list()).toEqual([message]);
  });
};

const retryCases = ({ open, work }: Suite): void => {
  it('handles a message again after its pause', async () => {
    const queue = open();
    const times: number[] = [];
    const pauseMs = 200;
    work(queue.name, async () => {
      times.push(Date.now());
      return times.length === 1 ? { pauseMs } : undefined;
    });
    await queue.add([createMessage()]);
    await expect.poll(() => queue.list()).toEqual([]);
    const [first = 0, second = 0, ...more] = times;
    // A timer may be a millisecond early.
    expect(second - first).toBeGreaterThanOrEqual(pauseMs - 5);
    expect(more).toEqual([]);
  });

  it('keeps a message during its pause, which ends no sooner when it is added again', async () => {
    const queue = open();
    const [message, other] = createMessages(2) as [QueuedMessage, QueuedMessage];
    const handled: string[] = [];
    work(queue.name, async ({ id }) => {
      handled.push(id);
      return id === message.id ? { pauseMs: 3_600_000 } : undefined;
    });
    await queue.add([message]);
    await expect.poll(() => handled).toEqual([message.id]);
    await queue.add([message, other]);
    await expect.poll(() => queue.list()).toEqual([message]);
    expect(handled).toEqual([message.id, other.id]);
  });

  it('handles a message again, after others, when its handler has rejected', async () => {
    const queue = open();
    const [failing, other] = createMessages(2) as [QueuedMessage, QueuedMessage];
    const handled: string[] = [];
    const listed: string[][] = [];
    work(queue.name, async ({ id }) => {
      handled.push(id);
      if (handled.length === 1) throw new Error('the database is unreachable');
      listed.push(toIds(await queue.list()));
      return undefined;
    });
    await queue.add([failing, other]);
    await expect.poll(() => queue.list()).toEqual([]);
    expect(handled).toEqual([failing.id, other.id, failing.id]);
    expect(listed).toEqual([toIds([failing, other]), [failing.id]]);
  });
};

const workerCases = ({ open, work }: Suite): void => {
  it('a worker handles as many messages at a time as its concurrency, and not more', async () => {
    const queue = open();
    const messages = createMessages(8);
    let [running, runningMax] = [0, 0];
    const handled: string[] = [];
    work(
      queue.name,
      async ({ id }) => {
        running += 1;
        runningMax = Math.max(runningMax, running);
        await new Promise((resolve) => setTimeout(resolve, 20));
        running -= 1;
        handled.push(id);
        return undefined;
      },
      3,
    );
    await queue.add(messages);
    await expect.poll(() => handled.toSorted()).toEqual(toIds(messages));
    expect(runningMax).toBe(3);
  });

  it('boundary: workers of a queue together begin with as many messages in a time as its rate limit', async () => {
    const queue = open();
    const perMs = 400;
    const times: number[] = [];
    const handle: HandleMessage = async () => {
      times.push(Date.now());
      return undefined;
    };
    for (const concurrency of [5, 5]) work(queue.name, handle, concurrency, { max: 2, perMs });
    await queue.add(createMessages(5));
    await expect.poll(() => queue.list()).toEqual([]);
    const [first = 0, , third = 0, , fifth = 0] = times;
    // A timer may be early by some milliseconds.
    expect(third - first).toBeGreaterThanOrEqual(perMs - 20);
    expect(fifth - first).toBeGreaterThanOrEqual(2 * perMs - 40);
    expect(times).toHaveLength(5);
  });

  it('race: workers share a queue, and each message is handled by one of them', async () => {
    const queue = open();
    const messages = createMessages(40);
    const handled: [string[], string[]] = [[], []];
    const shared = Promise.withResolvers<void>();
    for (const ids of handled) {
      const handle: HandleMessage = async ({ id }) => {
        ids.push(id);
        if (handled.every(({ length }) => length > 0)) shared.resolve();
        await shared.promise;
        return undefined;
      };
      work(queue.name, handle, 2);
    }
    await queue.add(messages);
    await expect.poll(() => queue.list()).toEqual([]);
    expect(handled.flat().toSorted()).toEqual(toIds(messages));
  });

  it('a worker that stops handles the messages in hand to their end, and takes no others', async () => {
    const queue = open();
    const messages = createMessages(3);
    const { handle, handled, release } = createGate();
    const worker = work(queue.name, handle, 2);
    await queue.add(messages);
    await expect.poll(() => handled).toHaveLength(2);
    let isStopped = false;
    const stopped = worker.stop().then(() => (isStopped = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isStopped).toBe(false);
    release();
    await stopped;
    expect(toIds([...handled, ...(await queue.list())])).toEqual(toIds(messages));
    expect(handled).toHaveLength(2);
  });
};

/** Tests an adapter against the guarantees of the port of queues. All cases share the queues that `openQueues` opens. */
export const queuesSuite = (name: string, openQueues: () => Promise<Queues>): void => {
  describe(`the queues of ${name}`, () => {
    let queues: Queues;
    const workers: ReturnType<Queues['work']>[] = [];
    beforeAll(async () => void (queues = await openQueues()));
    afterEach(async () => void (await Promise.all(workers.splice(0).map((worker) => worker.stop()))));
    afterAll(() => queues.close());

    const suite: Suite = {
      open: () => {
        const queueName = `suite.queue-${createId()}`;
        return { ...queues.open(queueName), name: queueName };
      },
      work: (queueName, handle, concurrency = 1, rateLimit) => {
        const worker = queues.work(queueName, { concurrency, handle, rateLimit });
        workers.push(worker);
        return worker;
      },
    };
    membershipCases(suite);
    retryCases(suite);
    workerCases(suite);

    it('can be reached', async () => {
      expect(await queues.check()).toBeUndefined();
    });
  });
};
