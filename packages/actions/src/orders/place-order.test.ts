import { createContext, createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createShop } from './test/shop.ts';
import { placeOrderInput } from './testing/index.ts';

const eur = (amount: number) => ({ amount, currency: 'EUR' });

it('takes the stock of every line, keeps the prices on the lines, and sums them', async () => {
  const { db, createProduct, placeOrder, getStock } = createShop();
  const [tea, cake] = [await createProduct({ price: eur(1250) }), await createProduct({ price: eur(99) })];
  const order = await placeOrder(
    [
      [tea, 2],
      [cake, 40],
    ],
    { note: 'Ring twice' },
  );
  expect(order).toMatchObject({
    status: 'placed',
    version: 1,
    customer: { reference: 'C-1017' },
    lines: [
      { productId: tea.id, sku: tea.sku, name: tea.name, quantity: 2, shipped: 0, price: eur(1250), total: eur(2500) },
      {
        productId: cake.id,
        sku: cake.sku,
        name: cake.name,
        quantity: 40,
        shipped: 0,
        price: eur(99),
        total: eur(3960),
      },
    ],
    total: eur(6460),
    paid: eur(0),
    refunded: eur(0),
    note: 'Ring twice',
  });
  expect([getStock(tea), getStock(cake)]).toEqual([38, 0]);
  expect(db.orders.all()).toMatchObject([{ _id: order.id, totalAmount: 6460, customerKind: 'reference' }]);
});

it('emits order-placed with ids, quantities and the total, and no personal data', async () => {
  const { createProduct, placeOrder, collectEvents, db } = createShop();
  const tea = await createProduct();
  const events = await collectEvents(() => placeOrder([[tea, 2]]));
  const orderId = db.orders.all()[0]?._id;
  const payload = { orderId, lines: [{ productId: tea.id, quantity: 2 }], total: eur(2500) };
  expect(events).toEqual([{ name: 'orders.order-placed', aggregateId: orderId, payload }]);
});

it('belongs to a user or to a reference', async () => {
  const { createProduct, placeOrder, db } = createShop();
  const [tea, userId] = [await createProduct(), createId()];
  expect(await placeOrder([[tea, 1]], { customer: { userId } })).toMatchObject({ customer: { userId } });
  expect(db.orders.all()).toMatchObject([{ customerKind: 'user', customerId: userId }]);
});

it('race: locks products in the order of their ids, whatever the order of the lines', async () => {
  const { createProduct, placeOrder, cancel, db } = createShop();
  const products = [await createProduct(), await createProduct(), await createProduct()] as const;
  const [first, second, third] = products;
  const listLocked = () =>
    db
      .journalRows()
      .at(-1)
      ?.changes.flatMap(({ collection, where }) => (collection === 'products' ? [where?.['_id']] : []));
  const sorted = products.map(({ id }) => id).toSorted();
  for (const items of [
    [first, second, third],
    [third, first, second],
    [second, third, first],
  ]) {
    const order = await placeOrder(items.map((product) => [product, 1]));
    expect(listLocked()).toEqual(sorted);
    await cancel(order);
    expect(listLocked()).toEqual(sorted);
  }
});

it('race: sells the last one once', async () => {
  const { createProduct, placeOrder, getStock, db } = createShop();
  const tea = await createProduct({ stock: 1 });
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => placeOrder([[tea, 1]])));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect([getStock(tea), db.orders.all().length]).toEqual([0, 1]);
});

it.each([
  ['the price is changed', { price: { amount: 1 } }],
  ['the currency is changed', { price: { currency: 'USD' } }],
])('race: is not placed at the earlier price when %s meanwhile', async (_, body) => {
  const { run, createProduct, placeOrder, getStock } = createShop();
  const { id } = await createProduct();
  const update = run.updateProduct({ id, version: [1], body });
  await expect(placeOrder([[{ id }, 1]])).rejects.toMatchObject({ code: 'prices-changed', status: 409 });
  await update;
  expect(getStock({ id })).toBe(40);
});

it('race: is not placed when a product is archived meanwhile', async () => {
  const { run, createProduct, placeOrder, getStock } = createShop();
  const { id } = await createProduct();
  const archive = run.archiveProduct({ id });
  await expect(placeOrder([[{ id }, 1]])).rejects.toMatchObject({ code: 'prices-changed', status: 409 });
  await archive;
  expect(getStock({ id })).toBe(40);
});

it('integrity: a line that cannot be served undoes the lines before it', async () => {
  const { createProduct, placeOrder, expectUnchanged } = createShop();
  const [tea, cake] = [await createProduct(), await createProduct({ stock: 1 })];
  await expectUnchanged(() =>
    expect(
      placeOrder([
        [tea, 1],
        [cake, 2],
      ]),
    ).rejects.toMatchObject({ code: 'out-of-stock', data: { productId: cake.id } }),
  );
});

it.each([1, 2])(
  'integrity: a stock that is gone at the commit undoes the other lines, whichever is line %i',
  async (position) => {
    const { createProduct, placeOrder, getStock, db } = createShop();
    const [tea, cake] = [await createProduct(), await createProduct({ stock: 1 })];
    const items =
      position === 1
        ? ([
            [cake, 1],
            [tea, 1],
          ] as const)
        : ([
            [tea, 1],
            [cake, 1],
          ] as const);
    const outcomes = await Promise.allSettled([placeOrder([[cake, 1]]), placeOrder(items)]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect([getStock(tea), getStock(cake), db.orders.all().length]).toEqual([40, 0, 1]);
  },
);

it('integrity: refuses products that are unknown, archived or another tenant’s', async () => {
  const { run, createProduct, placeOrder, expectUnchanged } = createShop();
  const [tea, archived] = [await createProduct(), await createProduct()];
  await run.archiveProduct({ id: archived.id });
  const unavailable = (productId: string) => ({ code: 'product-unavailable', data: { productId } });
  await expectUnchanged(async () => {
    await expect(
      placeOrder([
        [tea, 1],
        [archived, 1],
      ]),
    ).rejects.toMatchObject(unavailable(archived.id));
    const unknown = { id: createId() };
    await expect(
      placeOrder([
        [tea, 1],
        [unknown, 1],
      ]),
    ).rejects.toMatchObject(unavailable(unknown.id));
    const outsider = createContext();
    const body = placeOrderInput([[tea, 1]]);
    await expect(run.placeOrder({ body }, outsider)).rejects.toMatchObject(unavailable(tea.id));
  });
});

it('boundary: refuses a product in two lines, and two currencies', async () => {
  const { createProduct, placeOrder, expectUnchanged } = createShop();
  const [tea, dollars] = [await createProduct(), await createProduct({ price: { amount: 1, currency: 'USD' } })];
  await expectUnchanged(async () => {
    const twice = { code: 'duplicate-product', status: 422, data: { productId: tea.id } };
    await expect(
      placeOrder([
        [tea, 1],
        [dollars, 1],
        [tea, 1],
      ]),
    ).rejects.toMatchObject(twice);
    const mixed = { code: 'currency-mismatch', status: 422, data: { currencies: ['EUR', 'USD'] } };
    await expect(
      placeOrder([
        [tea, 1],
        [dollars, 1],
      ]),
    ).rejects.toMatchObject(mixed);
  });
});

it('boundary: sums up to 2^53 - 1, and refuses more in a line or in the total', async () => {
  const { createProduct, placeOrder, expectUnchanged } = createShop();
  const [largest, half, one] = [
    await createProduct({ price: eur(Number.MAX_SAFE_INTEGER) }),
    await createProduct({ price: eur(2 ** 52) }),
    await createProduct({ price: eur(1) }),
  ];
  const free = await createProduct({ price: eur(0) });
  const order = await placeOrder([
    [largest, 1],
    [free, 1],
  ]);
  expect(order.total).toEqual(eur(Number.MAX_SAFE_INTEGER));
  const refusal = { code: 'amount-too-large', status: 422 };
  await expectUnchanged(async () => {
    await expect(placeOrder([[half, 2]])).rejects.toMatchObject(refusal);
    await expect(
      placeOrder([
        [largest, 1],
        [one, 1],
      ]),
    ).rejects.toMatchObject(refusal);
    await expect(
      placeOrder([
        [largest, 30],
        [one, 1],
      ]),
    ).rejects.toMatchObject(refusal);
  });
});

it('boundary: places an order of 100 lines', async () => {
  const { createProduct, placeOrder, db } = createShop();
  const products = await Promise.all(Array.from({ length: 100 }, () => createProduct({ stock: 1, price: eur(1) })));
  const order = await placeOrder(products.map((product) => [product, 1]));
  expect(order).toMatchObject({ total: eur(100) });
  expect(db.products.all().every(({ stock }) => stock === 0)).toBe(true);
});
