import { createContext, createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createShop, prepareOrder } from './test/shop.ts';

const prepareTwoLines = async () => {
  const shop = createShop();
  const [tea, cake] = [await shop.createProduct(), await shop.createProduct()];
  const order = await shop.pay(
    await shop.placeOrder([
      [tea, 2],
      [cake, 3],
    ]),
  );
  return { ...shop, tea, cake, order };
};

it('ships all without lines, and emits order-shipped', async () => {
  const { ship, order, tea, cake, storedOrder, collectEvents, getStock } = await prepareTwoLines();
  const before = storedOrder(order);
  const events = await collectEvents(async () =>
    expect(await ship(order)).toMatchObject({ status: 'shipped', lines: [{ shipped: 2 }, { shipped: 3 }] }),
  );
  const lines = before?.lines.map((line) => ({ ...line, shipped: line.quantity }));
  expect(storedOrder(order)).toEqual({ ...before, lines, status: 'shipped', version: 3, updatedAt: expect.any(Date) });
  const items = [
    { productId: tea.id, quantity: 2 },
    { productId: cake.id, quantity: 3 },
  ];
  const payload = { orderId: order.id, lines: items, isWhole: true };
  expect(events).toEqual([{ name: 'orders.order-shipped', aggregateId: order.id, payload }]);
  expect([getStock(tea), getStock(cake)]).toEqual([38, 37]);
});

it('ships in parts until nothing is left', async () => {
  const { ship, order, tea, cake, collectEvents } = await prepareTwoLines();
  const partly = { status: 'partly-shipped' };
  expect(await ship(order, [cake, 1])).toMatchObject({ ...partly, lines: [{ shipped: 0 }, { shipped: 1 }] });
  expect(await ship(order, [tea, 2])).toMatchObject({ ...partly, lines: [{ shipped: 2 }, { shipped: 1 }] });
  const [event] = await collectEvents(async () =>
    expect(await ship(order)).toMatchObject({ status: 'shipped', lines: [{ shipped: 2 }, { shipped: 3 }] }),
  );
  expect(event?.payload).toMatchObject({ lines: [{ productId: cake.id, quantity: 2 }], isWhole: true });
});

it('is whole when the lines name all that is left', async () => {
  const { ship, order, tea, cake } = await prepareTwoLines();
  await ship(order, [tea, 2], [cake, 2]);
  expect(await ship(order, [cake, 1])).toMatchObject({ status: 'shipped' });
});

it('boundary: refuses more than is left, products of other orders, and a product twice', async () => {
  const { ship, order, tea, cake, expectUnchanged } = await prepareTwoLines();
  await ship(order, [tea, 1]);
  const refusal = (productId: string, open: number) => ({ code: 'shipment-too-large', data: { productId, open } });
  const unknown = { id: createId() };
  await expectUnchanged(async () => {
    await expect(ship(order, [cake, 1], [tea, 2])).rejects.toMatchObject(refusal(tea.id, 1));
    await expect(ship(order, [unknown, 1])).rejects.toMatchObject(refusal(unknown.id, 0));
    await expect(ship(order, [cake, 1], [cake, 1])).rejects.toMatchObject({ code: 'duplicate-product' });
  });
});

it('race: no item is shipped twice', async () => {
  const { ship, order, cake, storedOrder } = await prepareTwoLines();
  const results = await Promise.allSettled([1, 2, 3].map(() => ship(order, [cake, 2])));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(storedOrder(order)?.lines).toMatchObject([{ shipped: 0 }, { shipped: 2 }]);
});

it('integrity: a shipment and a whole refund at once: one wins, and the stock adds up', async () => {
  const { ship, refund, order, cake, storedOrder, getStock } = await prepareTwoLines();
  const results = await Promise.allSettled([ship(order, [cake, 1]), refund(order)]);
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(getStock(cake)).toBe(storedOrder(order)?.status === 'refunded' ? 40 : 37);
});

it('boundary: another tenant’s order does not exist', async () => {
  const shop = createShop();
  const { id } = (await prepareOrder.paid(shop)).order;
  await expect(shop.run.shipOrder({ id, body: {} }, createContext())).rejects.toMatchObject({ code: 'not-found' });
});
