import { type Consumer, type EmittedEvent, MessageAlreadyHandled } from '@plinth/data-kit';
import { createContext } from '@plinth/testing';
import { expect } from 'vitest';
import { followShipment, refundCharge } from '../consumers/index.ts';
import { chargeFulfilment, timeOutFulfilment } from '../jobs/index.ts';
import { fakePayments } from '../testing/index.ts';
import { createShop } from './shop.ts';

type Order = { readonly id: string };

const jobs: readonly Consumer[] = [chargeFulfilment, timeOutFulfilment];
const consumers: Readonly<Record<string, (deps: never) => (event: never, ctx: never) => Promise<void>>> = {
  'orders.order-shipped': followShipment,
  'orders.order-cancelled': refundCharge,
  'orders.order-refunded': refundCharge,
};

/** Creates a shop whose orders are fulfilled. Its jobs and consumers run when a test says so, as a worker runs them. */
export const createFulfilment = () => {
  const shop = createShop();
  const { db, owner, run } = shop;
  const payments = fakePayments();
  const deps = { ...db, payments } as never;
  const handled = new Set<string>();
  const work = async (operation: string, handle: (ctx: never) => Promise<void> | undefined, consumes?: string) => {
    const ctx = createContext({ tenantId: owner.tenantId, actor: { kind: 'consumer', id: operation, roles: [] } });
    await db.store.unitOfWork.run(ctx, async () => handle(ctx as never), {
      operation,
      ...(consumes !== undefined && { consumes }),
    });
  };
  const attemptJob = async ({ _id, consumer, event }: ReturnType<typeof db.messages>[number]): Promise<void> => {
    const job = jobs.find(({ name }) => name === consumer);
    await work(consumer, (ctx) => job?.handle(deps)(event as never, ctx), _id).catch((error: unknown) => {
      if (!(error instanceof MessageAlreadyHandled)) throw error;
    });
  };
  const attemptEvent = async (event: EmittedEvent): Promise<void> => {
    const consumer = consumers[event.name];
    if (consumer) await work(event.name, (ctx) => consumer(deps)(event as never, ctx));
    handled.add(event.id);
  };
  /** Returns the jobs that are due. */
  const listDue = async () => {
    await db.store.inbox.releaseDue();
    return db.messages().filter(({ state }) => state === 'ready');
  };
  /** Runs the jobs that are due, and the consumers, until there is nothing to do. */
  const settle = async (): Promise<void> => {
    const events = db.emitted().filter(({ id }) => !handled.has(id));
    const due = await listDue();
    if (events.length === 0 && due.length === 0) return;
    for (const message of due) await attemptJob(message);
    for (const event of events) await attemptEvent(event);
    await settle();
  };
  const storedFulfilment = ({ id }: Order) => db.fulfilments.all().find(({ orderId }) => orderId === id);
  return {
    ...shop,
    payments,
    settle,
    attemptJob,
    listDue,
    storedFulfilment,
    start: ({ id }: Order, body: { paymentMethod?: string; shipWithinHours?: number } = {}) =>
      run.startFulfilment({ id, body: { paymentMethod: 'pm_card_visa', shipWithinHours: 72, ...body } }),
    read: ({ id }: Order) => run.getFulfilment({ id }),
    listStatuses: (order: Order) => storedFulfilment(order)?.history.map(({ status }) => status),
    /** Money and items are neither lost nor created: the provider keeps what orders have, and each item has one place. */
    expectConserved: (): void => {
      const orders = db.orders.all();
      const kept = orders.map(({ paidAmount, refundedAmount }) => paidAmount - refundedAmount);
      expect(payments.balance()).toBe(kept.reduce((sum, amount) => sum + amount, 0));
      for (const { _id, stock } of db.products.all()) {
        const taken = orders.flatMap(({ status, lines }) =>
          lines
            .filter(({ productId }) => productId === _id)
            .map(({ quantity, shipped }) => (['cancelled', 'refunded'].includes(status) ? shipped : quantity)),
        );
        expect(stock + taken.reduce((sum, items) => sum + items, 0)).toBe(40);
      }
    },
  };
};

export type FulfilmentShop = ReturnType<typeof createFulfilment>;

/** Creates an order that its fulfilment has charged. */
export const prepareCharged = async (shop: FulfilmentShop) => {
  const { order, product } = await shop.orderOne();
  await shop.start(order);
  await shop.settle();
  return { order, product };
};
