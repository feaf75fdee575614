import { expect, it } from 'vitest';
import { createShop, prepareOrder } from './test/shop.ts';

it.each([
  [{ note: 'New' }, { note: 'New' }],
  [{ note: null }, { note: undefined }],
  [{ shippingAddress: { city: 'Paris', postalCode: '75001' } }, {}],
])('changes %j and nothing else, and emits order-updated without personal data', async (body, changes) => {
  const { placeOrder, createProduct, update, storedOrder, collectEvents } = createShop();
  const order = await placeOrder([[await createProduct(), 1]], { note: 'Old' });
  const before = storedOrder(order);
  const events = await collectEvents(() => update(order, body));
  const shippingAddress = { ...before?.shippingAddress, ...('shippingAddress' in body ? body.shippingAddress : {}) };
  expect(storedOrder(order)).toEqual({
    ...before,
    ...changes,
    shippingAddress,
    version: 2,
    updatedAt: expect.any(Date),
  });
  expect(events).toEqual([{ name: 'orders.order-updated', aggregateId: order.id, payload: { orderId: order.id } }]);
});

it('changes nothing and emits nothing when the patch has no new value', async () => {
  const { orderOne, update, expectUnchanged } = createShop();
  const { order } = await orderOne();
  const { shippingAddress } = order;
  const patches = [{}, { note: null }, { shippingAddress }, { shippingAddress: { postalCode: null } }];
  await expectUnchanged(async () => {
    for (const body of patches) expect(await update(order, body)).toEqual(order);
  });
});

it('changes a paid order', async () => {
  const shop = createShop();
  const { order } = await prepareOrder.paid(shop);
  expect(await shop.update(order, { note: 'New' })).toMatchObject({ status: 'paid', note: 'New' });
});

it('race: one of several changes of the same version succeeds', async () => {
  const { orderOne, update, storedOrder } = createShop();
  const { order } = await orderOne();
  const results = await Promise.allSettled(['A', 'B', 'C'].map((note) => update(order, { note })));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(storedOrder(order)).toMatchObject({ version: 2 });
});

it('integrity: a patch changes neither status nor lines nor totals', async () => {
  const { orderOne, update, storedOrder } = createShop();
  const { order } = await orderOne();
  const before = storedOrder(order);
  await update(order, { note: 'New', status: 'paid', lines: [], totalAmount: 0 } as object);
  expect(storedOrder(order)).toEqual({ ...before, note: 'New', version: 2, updatedAt: expect.any(Date) });
});

it('boundary: refuses a stale version before it looks at the status', async () => {
  const shop = createShop();
  const { order } = await prepareOrder.cancelled(shop);
  await expect(shop.update({ ...order, version: 1 }, {})).rejects.toMatchObject({ code: 'stale-version' });
});
