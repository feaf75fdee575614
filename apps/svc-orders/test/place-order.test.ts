import { createVoucherInput, placeOrderInput } from '@plinth/actions/orders/testing';
import { race, sortStatuses } from '@plinth/service-kit/testing';
import { createId } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('placeOrder');

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const item = { productId: createId(), quantity: 1 };

describe('201', () => {
  it('returns the order with the prices of the moment, Location and ETag', async () => {
    const { addProduct, place, call, getStock } = await createShop();
    const tea = await addProduct({ price: eur(1250), stock: 5 });
    const overrides = { note: 'Two\nlines', customer: { userId: createId() } };
    const placed = await place([[tea, 2]], { overrides });
    const line = { productId: tea.id, sku: tea.sku, name: tea.name, quantity: 2, shipped: 0, price: eur(1250) };
    expect(placed).toMatchObject({
      status: 201,
      headers: { location: `/v1/orders/${placed.body.id}`, etag: '"1"' },
      body: { ...overrides, status: 'placed', lines: [{ ...line, total: eur(2500) }], total: eur(2500), paid: eur(0) },
    });
    expect(await getStock(tea)).toBe(3);
    await call('updateProduct', { id: tea.id, version: 2, body: { price: { amount: 1 } } });
    expect((await call('getOrder', { id: placed.body.id })).text).toBe(placed.text);
  });

  it('boundary: places an order of 100 lines, and one of the largest total', async () => {
    const { addProduct, place, stored } = await createShop();
    const products = await race(100, () => addProduct({ stock: 1, price: eur(1) }));
    const placed = await place(products.map((product) => [product, 1]));
    expect(placed).toMatchObject({ status: 201, body: { total: eur(100) } });
    expect((await stored('products')).every(({ stock }) => stock === 0)).toBe(true);
    const dear = await addProduct({ price: eur(Number.MAX_SAFE_INTEGER) });
    expect(await place([[dear, 1]])).toMatchObject({ status: 201, body: { total: eur(Number.MAX_SAFE_INTEGER) } });
  });
});

it.each([
  [{ lines: [] }, '/lines'],
  [{ lines: Array.from({ length: 101 }, () => ({ ...item, productId: createId() })) }, '/lines'],
  [{ lines: [{ ...item, quantity: 0 }] }, '/lines/0/quantity'],
  [{ lines: [{ ...item, quantity: 1.5 }] }, '/lines/0/quantity'],
  [{ lines: [{ ...item, productId: 'x' }] }, '/lines/0/productId'],
  [{ customer: {} }, '/customer'],
  [{ customer: { userId: createId(), reference: 'C' } }, '/customer'],
  [{ customer: { reference: createId() } }, '/customer'],
  [{ shippingAddress: undefined }, '/shippingAddress'],
  [{ shippingAddress: { ...placeOrderInput([]).shippingAddress, country: 'Britain' } }, '/shippingAddress/country'],
  [{ shippingAddress: { ...placeOrderInput([]).shippingAddress, city: 'a\nb' } }, '/shippingAddress/city'],
  [{ note: 'n'.repeat(1001) }, '/note'],
])('400: refuses %j, names the field and changes nothing', async (overrides, pointer) => {
  const { addProduct, place, stored } = await createShop();
  const tea = await addProduct();
  const before = await stored();
  const response = await place([[tea, 1]], { overrides });
  expect(response.status).toBe(400);
  expect(response.body.errors[0].pointer).toMatch(new RegExp(`^${pointer}`));
  expect(await stored()).toEqual(before);
});

it('400: requires an idempotency key', async () => {
  const { addProduct, place, stored } = await createShop();
  const response = await place([[await addProduct(), 1]], { headers: { 'idempotency-key': '' } });
  expect(response).toMatchObject({ status: 400, body: { errors: [{ pointer: '/idempotency-key' }] } });
  expect(await stored('orders')).toEqual([]);
});

it('401 and 403: refuses anonymous callers and viewers', async () => {
  const { addProduct, place, tenantId, stored } = await createShop();
  const tea = await addProduct();
  expect((await place([[tea, 1]], { as: service.host.anonymous })).status).toBe(401);
  const as = await service.userWithRole('viewer', tenantId);
  expect(await place([[tea, 1]], { as })).toMatchObject({
    status: 403,
    body: { data: { permission: 'orders:write' } },
  });
  expect(await stored('orders')).toEqual([]);
});

it('409: names the product that is archived, unknown, another tenant’s or out of stock', async () => {
  const [shop, other] = [await createShop(), await createShop()];
  const { addProduct, place, call, stored } = shop;
  const [tea, archived, foreign] = [await addProduct({ stock: 1 }), await addProduct(), await other.addProduct()];
  await call('archiveProduct', archived);
  const before = await stored();
  for (const product of [archived, foreign, { id: createId() }]) {
    const data = { productId: product.id };
    const refused = await place([
      [tea, 1],
      [product, 1],
    ]);
    expect(refused).toMatchObject({ status: 409, body: { code: 'product-unavailable', data } });
  }
  const data = { productId: tea.id };
  expect(await place([[tea, 2]])).toMatchObject({ status: 409, body: { code: 'out-of-stock', data } });
  expect(await stored()).toEqual(before);
});

it('409: refuses a voucher that is unknown, does not apply or is used up', async () => {
  const { addProduct, addRule, place, getStock } = await createShop();
  const tea = await addProduct({ price: eur(1250), stock: 5 });
  await addRule(createVoucherInput({ code: 'DOLLARS' }, { currency: 'USD' }));
  await addRule(createVoucherInput({ code: 'ONCE', usesMax: 1 }));
  const placeWith = (voucherCode: string) => place([[tea, 1]], { overrides: { voucherCode } });
  const refused = (code: string) => ({ status: 409, body: { code } });
  expect(await placeWith('NONE')).toMatchObject(refused('voucher-unavailable'));
  expect(await placeWith('DOLLARS')).toMatchObject(refused('voucher-not-applicable'));
  expect((await placeWith('ONCE')).status).toBe(201);
  expect(await placeWith('ONCE')).toMatchObject(refused('voucher-used-up'));
  expect(await getStock(tea)).toBe(4);
});

it('race: 409 when the price changes before each commit', async () => {
  const { addProduct, place, call, getStock } = await createShop();
  const { id } = await addProduct({ price: eur(1250), stock: 5 });
  const beforeCommit = async () => {
    const { version } = (await call('getProduct', { id })).body;
    expect((await call('updateProduct', { id, version, body: { price: { amount: version } } })).status).toBe(200);
  };
  const response = await service.interleave({ beforeCommit }, () => place([[{ id }, 1]]));
  expect(response).toMatchObject({ status: 409, body: { code: 'prices-changed' } });
  expect(await getStock({ id })).toBe(5);
});

it('413 and 415: refuses a large body and another type', async () => {
  const { place, owner } = await createShop();
  expect((await place([], { overrides: { extra: 'x'.repeat(32 * 1024) } })).status).toBe(413);
  const headers = { 'content-type': 'text/plain', 'idempotency-key': createId() };
  expect((await owner.post('/v1/orders', 'order', headers)).status).toBe(415);
});

it('422: refuses a product in two lines, two currencies, and a total beyond 2^53 - 1', async () => {
  const { addProduct, place, stored } = await createShop();
  const [tea, dollars] = [
    await addProduct({ price: eur(2 ** 52) }),
    await addProduct({ price: { amount: 1, currency: 'USD' } }),
  ];
  const before = await stored();
  expect(
    await place([
      [tea, 1],
      [tea, 1],
    ]),
  ).toMatchObject({ status: 422, body: { code: 'duplicate-product' } });
  expect(
    await place([
      [tea, 1],
      [dollars, 1],
    ]),
  ).toMatchObject({ status: 422, body: { code: 'currency-mismatch' } });
  expect(await place([[tea, 2]])).toMatchObject({ status: 422, body: { code: 'amount-too-large' } });
  expect(await stored()).toEqual(before);
});

describe('race', () => {
  it('a hundred orders of a stock of 40: 40 are placed, 60 are out of stock', { timeout: 60_000 }, async () => {
    const { addProduct, place, getStock, stored, listEvents } = await createShop();
    const tea = await addProduct({ stock: 40 });
    const responses = await race(100, () => place([[tea, 1]]));
    expect(sortStatuses(responses)).toEqual([...Array(40).fill(201), ...Array(60).fill(409)]);
    const codes = responses.filter(({ status }) => status === 409).map(({ body }) => body.code);
    expect(new Set(codes)).toEqual(new Set(['out-of-stock']));
    expect(await getStock(tea)).toBe(0);
    expect(await stored('orders')).toHaveLength(40);
    expect((await listEvents()).filter((name) => name === 'orders.order-placed')).toHaveLength(40);
  });

  it('overlapping lines in opposite order: none waits for another, and no item is lost', {
    timeout: 60_000,
  }, async () => {
    const { addProduct, place, getStock, stored } = await createShop();
    const [tea, cake] = [await addProduct({ stock: 30 }), await addProduct({ stock: 30 })];
    const responses = await race(50, (index) =>
      place(
        index % 2
          ? [
              [tea, 1],
              [cake, 1],
            ]
          : [
              [cake, 1],
              [tea, 1],
            ],
      ),
    );
    expect(sortStatuses(responses)).toEqual([...Array(30).fill(201), ...Array(20).fill(409)]);
    expect([await getStock(tea), await getStock(cake)]).toEqual([0, 0]);
    expect(await stored('orders')).toHaveLength(30);
  });

  it('one key sent twenty times places one order, and each response is the same', async () => {
    const { addProduct, place, getStock, stored, listEvents } = await createShop();
    const tea = await addProduct({ stock: 40 });
    const headers = { 'idempotency-key': createId() };
    const responses = await race(20, () => place([[tea, 1]], { headers }));
    expect(new Set(responses.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect([await getStock(tea), (await stored('orders')).length]).toEqual([39, 1]);
    expect((await listEvents()).filter((name) => name === 'orders.order-placed')).toHaveLength(1);
    const other = await place([[tea, 2]], { headers });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-mismatch' } });
  });

  it('a refusal is final for its key, also after the stock was filled', async () => {
    const { addProduct, place, call } = await createShop();
    const tea = await addProduct({ stock: 0 });
    const headers = { 'idempotency-key': createId() };
    const refused = await place([[tea, 1]], { headers });
    await call('restockProduct', { id: tea.id, body: { quantity: 5, reason: 'Delivery' } });
    const repeated = await place([[tea, 1]], { headers });
    expect([repeated.status, repeated.text]).toEqual([409, refused.text]);
    expect((await place([[tea, 1]])).status).toBe(201);
  });

  it('a price that changes while orders are placed: each order has a price that was valid', {
    timeout: 60_000,
  }, async () => {
    const { addProduct, place, call, getStock } = await createShop();
    const tea = await addProduct({ stock: 40, price: eur(100) });
    const [orders] = await Promise.all([
      race(30, () => place([[tea, 1]])),
      race(5, async (index) => {
        const { version } = (await call('getProduct', tea)).body;
        return call('updateProduct', { id: tea.id, version, body: { price: { amount: 200 + index } } });
      }),
    ]);
    const placed = orders.filter(({ status }) => status === 201);
    for (const { status, body } of orders) if (status !== 201) expect(body.code).toBe('prices-changed');
    expect(placed.every(({ body: { lines, total } }) => lines[0].price.amount === total.amount)).toBe(true);
    expect(await getStock(tea)).toBe(40 - placed.length);
  });

  it('a product that is archived meanwhile is ordered before or not at all', { timeout: 60_000 }, async () => {
    const { addProduct, place, call, getStock } = await createShop();
    const tea = await addProduct({ stock: 40 });
    const [orders] = await Promise.all([race(20, () => place([[tea, 1]])), call('archiveProduct', tea)]);
    const placed = orders.filter(({ status }) => status === 201);
    for (const { status, body } of orders) {
      expect([201, 409]).toContain(status);
      if (status === 409) expect(['product-unavailable', 'prices-changed']).toContain(body.code);
    }
    expect(await getStock(tea)).toBe(40 - placed.length);
  });
});
