import { describeRefusals, race } from '@plinth/service-kit/testing';
import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('restockProduct');
const body = { quantity: 7, reason: 'Delivery 2026/17' };

describeRefusals(service, 'restockProduct', {
  createTenant: createShop,
  createItem: ({ addProduct }) => addProduct(),
  perform: ({ call }, { id }, options) => call('restockProduct', { id, body }, options),
});

it('201: returns the movement, which has no address of its own, and adds the items', async () => {
  const { addProduct, call } = await createShop();
  const { id } = await addProduct({ stock: 3 });
  const movement = await call('restockProduct', { id, body });
  expect(movement).toMatchObject({ status: 201, body: { ...body, productId: id } });
  expect(movement.headers).not.toHaveProperty('location');
  expect((await call('getProduct', { id })).body).toMatchObject({ stock: 10, version: 2 });
  expect((await call('listStockMovements', { id })).body.items).toEqual([movement.body]);
});

it.each([
  [{ quantity: 0 }, '/quantity'],
  [{ quantity: -1 }, '/quantity'],
  [{ quantity: 1_000_000_001 }, '/quantity'],
  [{ quantity: 1.5 }, '/quantity'],
  [{ reason: '' }, '/reason'],
  [{ reason: 'a\nb' }, '/reason'],
  [{ reason: 'r'.repeat(201) }, '/reason'],
])('400: refuses %j and adds nothing', async (part, pointer) => {
  const { addProduct, call, stored } = await createShop();
  const { id, stock } = await addProduct();
  const response = await call('restockProduct', { id, body: { ...body, ...part } });
  expect(response).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
  expect(await stored('products')).toMatchObject([{ stock }]);
});

it('409: fills the stock up to its limit, and not beyond', async () => {
  const { addProduct, call, stored } = await createShop();
  const { id } = await addProduct({ stock: 999_999_990 });
  expect((await call('restockProduct', { id, body })).status).toBe(201);
  expect(await call('restockProduct', { id, body })).toMatchObject({ status: 409, body: { code: 'stock-too-large' } });
  expect(await stored('products')).toMatchObject([{ stock: 999_999_997 }]);
  expect(await stored('stockMovements')).toHaveLength(1);
});

it('race: fifty movements and their repetitions each count once', async () => {
  const { addProduct, call, stored } = await createShop();
  const { id } = await addProduct({ stock: 0 });
  const keys = Array.from({ length: 50 }, () => createId());
  const responses = await race(100, (index) =>
    call('restockProduct', { id, body }, { headers: { 'idempotency-key': keys[index % 50] as string } }),
  );
  expect(responses.every(({ status }) => status === 201)).toBe(true);
  expect(await stored('products')).toMatchObject([{ stock: 350 }]);
  expect(await stored('stockMovements')).toHaveLength(50);
});
