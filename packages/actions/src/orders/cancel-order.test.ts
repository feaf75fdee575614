import { createContext } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createShop, prepareOrder } from './test/shop.ts';
import { createVoucherInput } from './testing/index.ts';

const eur = (amount: number) => ({ amount, currency: 'EUR' });

it.each([
  ['placed', eur(0)],
  ['paid', eur(3750)],
] as const)(
  'of a %s order returns the items and what was paid, and emits order-cancelled',
  async (status, refunded) => {
    const shop = createShop();
    const { order, product } = await prepareOrder[status](shop);
    const events = await shop.collectEvents(async () =>
      expect(await shop.cancel(order)).toEqual({
        ...order,
        status: 'cancelled',
        refunded,
        version: order.version + 1,
        updatedAt: expect.any(String),
      }),
    );
    expect(shop.getStock(product)).toBe(40);
    const payload = { orderId: order.id, refunded };
    expect(events).toEqual([{ name: 'orders.order-cancelled', aggregateId: order.id, payload }]);
  },
);

it('refunds the rest after a part was refunded', async () => {
  const shop = createShop();
  const { order } = await prepareOrder.paid(shop);
  await shop.refund(order, 50);
  const [event] = await shop.collectEvents(async () =>
    expect(await shop.cancel(order)).toMatchObject({ paid: eur(3750), refunded: eur(3750) }),
  );
  expect(event?.payload).toMatchObject({ refunded: eur(3700) });
});

it('race: returns the items once', async () => {
  const shop = createShop();
  const { order, product } = await prepareOrder.placed(shop);
  const results = await Promise.allSettled([1, 2, 3].map(() => shop.cancel(order)));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(shop.getStock(product)).toBe(40);
});

it('race: an order is either cancelled or shipped', async () => {
  const shop = createShop();
  const { order, product } = await prepareOrder.paid(shop);
  const results = await Promise.allSettled([shop.cancel(order), shop.ship(order)]);
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(shop.getStock(product)).toBe(shop.storedOrder(order)?.status === 'cancelled' ? 40 : 37);
});

it('integrity: returns every line, also of products that were archived meanwhile', async () => {
  const shop = createShop();
  const products = [await shop.createProduct(), await shop.createProduct()] as const;
  const order = await shop.placeOrder([
    [products[0], 1],
    [products[1], 2],
  ]);
  await shop.run.archiveProduct({ id: products[0].id });
  await shop.cancel(order);
  expect(products.map(shop.getStock)).toEqual([40, 40]);
});

it('boundary: another tenant’s order does not exist', async () => {
  const { orderOne, run, expectUnchanged } = createShop();
  const { id } = (await orderOne()).order;
  await expectUnchanged(() =>
    expect(run.cancelOrder({ id }, createContext())).rejects.toMatchObject({ code: 'not-found' }),
  );
});

it('returns the use to the voucher, also when that was disabled meanwhile; a refund does not', async () => {
  const shop = createShop();
  const voucher = await shop.createRule(createVoucherInput({ code: 'FIVE' }));
  const tea = await shop.createProduct();
  const place = () => shop.placeOrder([[tea, 1]], { voucherCode: 'FIVE' });
  const [first, second] = [await place(), await place()];
  await expect(place()).rejects.toMatchObject({ code: 'voucher-used-up' });
  await shop.run.disablePricingRule(voucher);
  await shop.cancel(first);
  expect(shop.getUses(voucher)).toBe(1);
  await shop.pay(second);
  await shop.refund(second);
  expect(shop.getUses(voucher)).toBe(1);
});

it('race: returns the use once', async () => {
  const shop = createShop();
  const voucher = await shop.createRule(createVoucherInput({ code: 'FIVE' }));
  const tea = await shop.createProduct();
  const orders = [
    await shop.placeOrder([[tea, 1]], { voucherCode: 'FIVE' }),
    await shop.placeOrder([[tea, 1]], { voucherCode: 'FIVE' }),
  ];
  await Promise.allSettled([1, 2, 3].map(() => shop.cancel(orders[0] as (typeof orders)[number])));
  expect(shop.getUses(voucher)).toBe(1);
});
