import { Entity, MessageAlreadyHandled } from '@plinth/data-kit';
import { race } from '@plinth/service-kit/testing';
import { createContext, createId } from '@plinth/testing';
import { expect, it, vi } from 'vitest';
import { useConsumers } from './consumers.ts';
import { type Shop, useOrders } from './shop.ts';

const orders = useOrders();
const worker = useConsumers(orders);
const { createShop, service } = orders;

const erasedUserId = '00000000-0000-7000-8000-000000000000';
const note = 'Ring twice.';

const listOrders = ({ stored }: Shop) => stored('orders');
/** Waits for the worker. */
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 50 });

const place = async (shop: Shop, userId: string) => {
  const product = await shop.addProduct({ stock: 40 });
  return (await shop.place([[product, 3]], { overrides: { customer: { userId }, note } })).body;
};

/** Sends changes of an order, one after the other. */
const changeAll = async (shop: Shop, order: { readonly id: string }, operations: readonly string[]): Promise<void> => {
  for (const operation of operations) {
    const { status } = await shop.change(operation, order, operation === 'deliverOrder' ? undefined : {});
    expect(status).toBe(200);
  }
};

it('an order that has ended and one that ends later show clients that their customer was erased', async () => {
  const shop = await createShop();
  const userId = createId();
  const ended = await place(shop, userId);
  const open = await place(shop, userId);
  await shop.change('cancelOrder', ended);
  await worker.eraseUser(shop.tenantId, userId);
  const expected = {
    customer: { userId: erasedUserId },
    customerErasedAt: expect.any(String),
    shippingAddress: { recipient: '[erased]', street: '[erased]', city: '[erased]', country: 'GB' },
  };
  await eventually(async () => expect(await shop.getOrder(ended)).toMatchObject(expected));
  expect(await shop.getOrder(ended)).not.toHaveProperty('note');
  expect(await shop.getOrder(open)).toMatchObject({ customer: { userId }, note });
  await shop.change('cancelOrder', open);
  await eventually(async () => expect(await shop.getOrder(open)).toMatchObject(expected));
  const list = async (customerId: string) =>
    (await shop.call('listOrders', { query: { customerId } })).body.items.map(({ id }: { id: string }) => id);
  expect(await list(userId)).toEqual([]);
  expect(new Set(await list(erasedUserId))).toEqual(new Set([ended.id, open.id]));
});

it('race: whatever ends while its customer is erased loses its personal data once, and nothing else does', async () => {
  const shop = await createShop();
  const rounds = await race(40, async (index) => {
    const userId = createId();
    const [cancelled, delivered, refunded, open] = await race(4, () => place(shop, userId));
    await changeAll(shop, delivered, ['markOrderPaid', 'shipOrder']);
    await changeAll(shop, refunded, ['markOrderPaid']);
    return { index, userId, cancelled, delivered, refunded, open };
  });
  const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  await Promise.all(
    rounds.map(async ({ index, userId, cancelled, delivered, refunded }) => {
      // In a third of the rounds the erasure is late, in a third the ends are.
      const late = index % 3;
      const ends = async () => {
        await wait(late === 2 ? index % 17 : 0);
        await Promise.all([
          changeAll(shop, cancelled, ['cancelOrder']),
          changeAll(shop, delivered, ['deliverOrder']),
          changeAll(shop, refunded, ['refundOrder']),
        ]);
      };
      await Promise.all([
        ends(),
        wait(late === 1 ? index % 17 : 0).then(() => worker.eraseUser(shop.tenantId, userId)),
      ]);
    }),
  );
  const userIds = rounds.map(({ userId }) => userId);
  const listPersonal = async () =>
    (await listOrders(shop))
      .filter(({ customerId, note: text }) => text === note || userIds.includes(String(customerId)))
      .map(({ _id }) => _id);
  await eventually(async () => {
    expect(new Set(await listPersonal())).toEqual(new Set(rounds.map(({ open }) => open.id)));
  });
  await Promise.all(rounds.map(({ open }) => shop.change('cancelOrder', open)));
  await eventually(async () => expect(await listPersonal()).toEqual([]));
  await eventually(async () => {
    const entries = JSON.stringify(await shop.stored('ordersHistory'));
    expect(userIds.filter((userId) => entries.includes(userId))).toEqual([]);
    expect(entries).not.toMatch(/Ring twice|Ada|London/);
  });
  const erased = (await shop.listEvents()).filter((name) => name === 'orders.order-customer-erased');
  expect(erased).toHaveLength(4 * rounds.length);
});

it('boundary: erases several pages of orders, and a repeated event changes nothing', async () => {
  const shop = await createShop();
  const userId = createId();
  await shop.change('cancelOrder', await place(shop, userId));
  const { collections, unitOfWork } = worker.getWorker();
  const [stored] = await listOrders(shop);
  const draft = Object.entries(stored ?? {}).filter(([name]) => !Object.hasOwn(Entity.shape, name));
  const ctx = createContext({ tenantId: shop.tenantId });
  const insertCopies = async (): Promise<void> => {
    for (let index = 1; index < 250; index += 1) collections.orders.for(ctx).insert(Object.fromEntries(draft) as never);
  };
  await unitOfWork.run(ctx, insertCopies, { operation: 'test' });
  const message = worker.createUserErased(shop.tenantId, userId);
  await worker.receive([message]);
  await eventually(async () => {
    const after = await listOrders(shop);
    expect(after).toHaveLength(250);
    expect(after.filter(({ customerId }) => customerId !== erasedUserId)).toEqual([]);
    expect(JSON.stringify(await shop.stored('ordersHistory'))).not.toMatch(/Ring twice|Ada|London/);
  });
  const names = await shop.listEvents();
  expect(names.filter((name) => name === 'orders.customer-erasure-continued')).toHaveLength(2);
  const before = await shop.stored();
  await expect(worker.attempt(message)).rejects.toThrow(MessageAlreadyHandled);
  await worker.eraseUser(shop.tenantId, userId);
  expect(await shop.stored()).toEqual(before);
  const rows = (await service.datastore.raw('orders', 'journal').all()).filter(
    ({ actor, operation }) => actor && String(operation).startsWith('orders.'),
  );
  expect(JSON.stringify(rows)).not.toMatch(/Ring twice|Ada|London/);
  expect(JSON.stringify(rows)).not.toContain(userId);
});
