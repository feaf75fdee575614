import {
  type Consumer,
  defaultRetry,
  MessageAlreadyHandled,
  type NewMessage,
  toMessageId,
  toMessages,
} from '@plinth/data-kit';
import { systemClock, systemIds } from '@plinth/service-kit';
import { createContext, createId } from '@plinth/testing';
import { afterAll, beforeAll } from 'vitest';
import { ordersModule } from '../src/module.ts';
import type { useOrders } from './shop.ts';

const consumers: readonly Consumer[] = ordersModule.consumers ?? [];
const { attemptsMax } = defaultRetry;
const options = { clock: systemClock, ids: systemIds };

const createUserErased = (tenantId: string, userId: string): NewMessage => {
  const id = createId();
  const { trace, requestId, actor } = createContext({ tenantId });
  const event = { id, name: 'users.user-erased', source: 'users', aggregateId: userId, position: '1', at: new Date() };
  const origin = { actor: { kind: actor.kind, id: actor.id }, requestId, traceId: trace.traceId };
  const [consumer = ''] = consumers.filter(({ events }) => events[0]?.name === event.name).map(({ name }) => name);
  const _id = toMessageId(consumer, id);
  return { _id, tenantId, consumer, orderKey: id, position: '1', event: { ...event, ...origin, payload: { userId } } };
};

/** Runs the consumers of the module while the tests of a file run, as a worker does: each message until it is handled. */
export const useConsumers = ({ service }: ReturnType<typeof useOrders>) => {
  const open = () => {
    const store = service.datastore.open(ordersModule, options);
    return { ...store, deps: { ...store.collections, events: store.events, ...options } as never };
  };
  let worker: ReturnType<typeof open> | undefined;
  const getWorker = (): ReturnType<typeof open> => {
    worker ??= open();
    return worker;
  };
  const attempt = async ({ _id, tenantId, consumer, event }: NewMessage): Promise<void> => {
    const { deps, unitOfWork } = getWorker();
    const ctx = createContext({ tenantId });
    const handle = consumers.find(({ name }) => name === consumer)?.handle(deps);
    const metadata = { operation: `orders.${consumer}`, consumes: _id };
    await unitOfWork.run(ctx, async () => handle?.(event as never, ctx), metadata);
  };
  const handleMessage = async (message: NewMessage, attempts = 1): Promise<void> => {
    try {
      await attempt(message);
    } catch (error) {
      if (error instanceof MessageAlreadyHandled) return;
      if (attempts === attemptsMax) throw error;
      await handleMessage(message, attempts + 1);
    }
  };
  const receive = async (messages: readonly NewMessage[]): Promise<void> => {
    await getWorker().inbox.receive(messages);
    await Promise.all(messages.map((message) => handleMessage(message)));
  };
  const ending = new AbortController();
  let relay: Promise<void> | undefined;
  beforeAll(() => {
    relay = service.datastore.readJournal({
      module: 'orders',
      name: 'relay',
      receivers: consumers.map(({ name }) => name),
      // The messages are handled beside the relay, as in a worker.
      deliver: async (entries) => {
        for (const consumer of consumers) void receive(toMessages(entries, { source: 'orders', consumer }));
      },
      onError: (error) => {
        throw error;
      },
      signal: ending.signal,
    });
  });
  afterAll(async () => {
    ending.abort();
    await relay;
  });
  return {
    /** Handles the event of a user who was erased. Its own events are handled later. */
    eraseUser: (tenantId: string, userId: string): Promise<void> => receive([createUserErased(tenantId, userId)]),
    /** Handles a message once more. */
    attempt,
    createUserErased,
    receive,
    getWorker,
  };
};
