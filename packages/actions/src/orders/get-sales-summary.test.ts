import { createContext } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createShop } from './test/shop.ts';

const dayMs = 86_400_000;
const eur = (amount: number) => ({ amount, currency: 'EUR' });

const createSales = async () => {
  const shop = createShop();
  const from = shop.db.clock.now();
  const summarise = async (ms: number, ctx = shop.owner) =>
    (await shop.run.getSalesSummary({ query: { from, to: new Date(from.getTime() + ms) } }, ctx)).items;
  return { ...shop, from, summarise };
};

it('adds up the orders of each day and currency, in order', async () => {
  const { db, createProduct, placeOrder, pay, refund, cancel, from, summarise } = await createSales();
  const [tea, rice] = [
    await createProduct({ price: eur(100) }),
    await createProduct({ price: { amount: 7, currency: 'JPY' } }),
  ];
  const paid = await placeOrder([[tea, 2]]);
  await pay(paid);
  await refund(paid, 50);
  await cancel(await placeOrder([[tea, 1]]));
  await placeOrder([[rice, 3]]);
  db.clock.advance(dayMs);
  await placeOrder([[tea, 4]]);
  const [today, tomorrow] = [from, db.clock.now()].map((time) => time.toISOString().split('T')[0]);
  expect(await summarise(2 * dayMs)).toEqual([
    { day: today, orders: 2, total: eur(300), paid: eur(200), refunded: eur(50) },
    {
      day: today,
      orders: 1,
      total: { amount: 21, currency: 'JPY' },
      paid: { amount: 0, currency: 'JPY' },
      refunded: { amount: 0, currency: 'JPY' },
    },
    { day: tomorrow, orders: 1, total: eur(400), paid: eur(0), refunded: eur(0) },
  ]);
});

it('boundary: counts an order at the start of the period, and none at its end', async () => {
  const { db, orderOne, summarise } = await createSales();
  await orderOne();
  db.clock.advance(1000);
  await orderOne();
  expect(await summarise(1000)).toMatchObject([{ orders: 1 }]);
  expect(await summarise(1001)).toMatchObject([{ orders: 2 }]);
});

it('boundary: a sum beyond 2^53 - 1 is refused', async () => {
  const { createProduct, placeOrder, summarise } = await createSales();
  const yacht = await createProduct({ price: eur(Number.MAX_SAFE_INTEGER) });
  await placeOrder([[yacht, 1]]);
  expect(await summarise(dayMs)).toMatchObject([{ total: eur(Number.MAX_SAFE_INTEGER) }]);
  await placeOrder([[yacht, 1]]);
  await expect(summarise(dayMs)).rejects.toMatchObject({ code: 'period-too-large' });
});

it('boundary: orders of another tenant do not count', async () => {
  const { orderOne, summarise } = await createSales();
  await orderOne();
  expect(await summarise(dayMs, createContext())).toEqual([]);
});
