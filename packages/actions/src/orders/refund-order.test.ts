import { createContext } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { createShop, prepareOrder } from './test/shop.ts';

const eur = (amount: number) => ({ amount, currency: 'EUR' });

describe('in part', () => {
  it.each(['paid', 'partly-shipped', 'shipped', 'delivered'] as const)(
    'keeps the status %s, takes nothing back, and emits order-refunded',
    async (status) => {
      const shop = createShop();
      const { order, product } = await prepareOrder[status](shop);
      const before = shop.storedOrder(order);
      const events = await shop.collectEvents(() => shop.refund(order, 1000));
      expect(shop.storedOrder(order)).toEqual({
        ...before,
        refundedAmount: 1000,
        version: order.version + 1,
        updatedAt: expect.any(Date),
      });
      expect(shop.getStock(product)).toBe(37);
      const payload = { orderId: order.id, amount: eur(1000), isWhole: false };
      expect(events).toEqual([{ name: 'orders.order-refunded', aggregateId: order.id, payload }]);
    },
  );
});

describe('whole', () => {
  it.each([
    ['paid', 40],
    ['partly-shipped', 39],
    ['shipped', 37],
    ['delivered', 37],
  ] as const)('ends an order that is %s, and returns what was not shipped', async (status, stock) => {
    const shop = createShop();
    const { order, product } = await prepareOrder[status](shop);
    expect(await shop.refund(order, 3750)).toMatchObject({ status: 'refunded', refunded: eur(3750) });
    expect(shop.getStock(product)).toBe(stock);
  });

  it('changes no product of which all was shipped', async () => {
    const shop = createShop();
    const { order, product } = await prepareOrder.shipped(shop);
    const before = shop.stored(product);
    await shop.refund(order);
    expect(shop.stored(product)).toEqual(before);
  });

  it('without an amount refunds what is left', async () => {
    const shop = createShop();
    const { order } = await prepareOrder.shipped(shop);
    await shop.refund(order, 1000);
    const [event] = await shop.collectEvents(() => shop.refund(order));
    expect(event?.payload).toMatchObject({ amount: eur(2750), isWhole: true });
  });

  it('boundary: ends an order of free products', async () => {
    const shop = createShop();
    const gift = await shop.createProduct({ price: eur(0) });
    const order = await shop.pay(await shop.placeOrder([[gift, 1]]));
    expect(await shop.refund(order)).toMatchObject({ status: 'refunded', refunded: eur(0) });
  });
});

it('boundary: refuses more than is left and another currency', async () => {
  const shop = createShop();
  const { order } = await prepareOrder.paid(shop);
  await shop.refund(order, 1);
  await shop.expectUnchanged(async () => {
    const tooLarge = { code: 'refund-too-large', status: 409, data: { refundable: eur(3749) } };
    await expect(shop.refund(order, 3750)).rejects.toMatchObject(tooLarge);
    const body = { amount: { amount: 1, currency: 'USD' } };
    const mismatch = { code: 'currency-mismatch', status: 422, data: { currencies: ['EUR', 'USD'] } };
    await expect(shop.run.refundOrder({ id: order.id, body })).rejects.toMatchObject(mismatch);
  });
});

it('race: never refunds more than was paid', async () => {
  const shop = createShop();
  const { order } = await prepareOrder.paid(shop);
  await Promise.allSettled([2000, 2000, 2000].map((amount) => shop.refund(order, amount)));
  expect(shop.storedOrder(order)).toMatchObject({ refundedAmount: 2000 });
});

it('integrity: a refund and a cancellation at once return the items once', async () => {
  const shop = createShop();
  const { order, product } = await prepareOrder.paid(shop);
  const results = await Promise.allSettled([shop.refund(order), shop.cancel(order)]);
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect([shop.getStock(product), shop.storedOrder(order)?.refundedAmount]).toEqual([40, 3750]);
});

it('boundary: another tenant’s order does not exist', async () => {
  const shop = createShop();
  const { id } = (await prepareOrder.paid(shop)).order;
  await expect(shop.run.refundOrder({ id, body: {} }, createContext())).rejects.toMatchObject({ code: 'not-found' });
});
