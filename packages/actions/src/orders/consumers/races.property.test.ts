import type { Ctx } from '@plinth/data-kit';
import { getSeed } from '@plinth/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import * as actions from '../index.ts';
import { createErasure, type Erasure } from '../test/erasure.ts';
import { prepareOrder } from '../test/shop.ts';
import * as consumers from './index.ts';

type Pause = () => Promise<void>;
type Action<I> = (deps: never) => (input: I, ctx: never) => Promise<unknown>;
type Read = (input: never, options?: never) => Promise<unknown>;

/** Makes each read of a collection wait for its turn. */
const pauseReads = (collection: { for(ctx: Ctx): object }, pause: Pause) => ({
  for: (ctx: Ctx) => {
    const documents = collection.for(ctx) as Record<string, Read>;
    const pausing =
      (read: Read | undefined) =>
      async (...input: Parameters<Read>) => {
        await pause();
        return read?.(...input);
      };
    const { get, find, list, getMany } = documents;
    return { ...documents, get: pausing(get), find: pausing(find), list: pausing(list), getMany: pausing(getMany) };
  },
});

/** Returns a function that runs an action whose reads and commit wait for their turn, again when it meets another change. */
const createRunner = ({ db, owner }: Erasure, scheduler: fc.Scheduler) => {
  const pause: Pause = () => scheduler.schedule(Promise.resolve());
  const { orders, products, erasedCustomers, vouchers } = db;
  const paused = Object.entries({ orders, products, erasedCustomers, vouchers }).map(
    ([name, collection]) => [name, pauseReads(collection, pause)] as const,
  );
  const deps = { ...db, ...Object.fromEntries(paused) } as never;
  const runOnce = async <I>(action: Action<I>, input: I): Promise<void> => {
    const ctx = { ...owner };
    const work = async (): Promise<void> => {
      await action(deps)(input, ctx as never);
      await pause();
    };
    await db.store.unitOfWork.run(ctx, work, { operation: action.name });
  };
  return async <I>(action: Action<I>, input: I): Promise<void> => {
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await runOnce(action, input);
      } catch (error) {
        const { code } = error as { code?: string };
        if (attempts === 10 || (code !== 'stale-version' && code !== 'conflict')) throw error;
      }
    }
  };
};

/** Runs the erasure of a customer while orders end, in a sequence of reads and commits that the scheduler chooses. */
const eraseWhileOrdersEnd = async (shop: Erasure, scheduler: fc.Scheduler): Promise<void> => {
  const { order: shipped } = await prepareOrder.shipped(shop);
  const { order: placed } = await prepareOrder.placed(shop);
  const run = createRunner(shop, scheduler);
  const handled = new Set<string>();
  /** Handles the events of a kind that are new, as a worker does it: after their commit, each once. */
  const consume = <I>(names: readonly string[], consumer: Action<I>): Promise<unknown> => {
    const events = shop.db.emitted().filter(({ id, name }) => names.includes(name) && !handled.has(id));
    for (const { id } of events) handled.add(id);
    return Promise.all(events.map(({ payload }) => run(consumer, { payload } as I)));
  };
  const end = async (action: Action<{ id: string; body: object }>, id: string): Promise<void> => {
    await run(action, { id, body: {} });
    const names = ['orders.order-delivered', 'orders.order-cancelled', 'orders.order-refunded'];
    await consume(names, consumers.eraseOrderAtEnd as Action<object>);
  };
  const erase = async (): Promise<void> => {
    await run(consumers.startCustomerErasure as Action<object>, { payload: { userId: shop.userId } });
    await consume(['orders.customer-erasure-started'], consumers.eraseEndedOrders as Action<object>);
  };
  const deliverAndRefund = async (): Promise<void> => {
    await end(actions.deliverOrder as Action<object>, shipped.id);
    await end(actions.refundOrder as Action<object>, shipped.id);
  };
  const cancel = () => end(actions.cancelOrder as Action<object>, placed.id);
  await scheduler.waitFor(Promise.all([erase(), deliverAndRefund(), cancel()]));
};

it('race: in every sequence of reads and commits, no order that has ended keeps personal data', async () => {
  const erasedBy = new Set<string>();
  const property = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
    const shop = createErasure();
    await eraseWhileOrdersEnd(shop, scheduler);
    expect(shop.listPersonal()).toEqual([]);
    expect(shop.db.orders.all().map(({ status }) => status)).toEqual(['refunded', 'cancelled']);
    const erasures = shop.db
      .journalRows()
      .flatMap(({ operation, events }) => events.map(({ name }) => ({ operation, name })))
      .filter(({ name }) => name === 'orders.order-customer-erased');
    expect(erasures).toHaveLength(2);
    for (const { operation } of erasures) erasedBy.add(operation);
  });
  await fc.assert(property, { seed: getSeed(), numRuns: 100 });
  expect([...erasedBy].toSorted()).toEqual(['eraseEndedOrders', 'eraseOrderAtEnd']);
});
