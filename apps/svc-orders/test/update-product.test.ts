import { describeRefusals, oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('updateProduct');

describeRefusals(service, 'updateProduct', {
  createTenant: createShop,
  createItem: ({ addProduct }) => addProduct(),
  perform: ({ call }, { id, version }, options) =>
    call('updateProduct', { id, version, body: { name: 'New' } }, options),
});

describe('200', () => {
  it('returns the changed product; a price is merged', async () => {
    const { addProduct, call } = await createShop();
    const product = await addProduct({ description: 'Old' });
    const body = { description: null, price: { amount: 99 } };
    const changed = await call('updateProduct', { ...product, body });
    expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    const { description: _, ...expected } = { ...product, version: 2, price: { amount: 99, currency: 'EUR' } };
    expect(changed.body).toEqual({ ...expected, updatedAt: changed.body.updatedAt });
    expect((await call('getProduct', product)).text).toBe(changed.text);
  });

  it('keeps the version when nothing changes', async () => {
    const { addProduct, call } = await createShop();
    const product = await addProduct();
    const unchanged = await call('updateProduct', { ...product, body: { name: product.name } });
    expect(unchanged).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: product });
  });
});

it.each([
  [{ name: null }, '/name'],
  [{ price: null }, '/price'],
  [{ price: { amount: -1 } }, '/price/amount'],
  [{ price: { currency: 'XYZ' } }, '/price/currency'],
])('400: refuses %j', async (body, pointer) => {
  const { addProduct, call } = await createShop();
  const response = await call('updateProduct', { ...(await addProduct()), body });
  expect(response).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
});

it('race: one of twenty changes of the same version succeeds, and no field is lost', async () => {
  const { addProduct, call } = await createShop();
  const product = await addProduct();
  const responses = await race(20, (index) => call('updateProduct', { ...product, body: { name: `Name ${index}` } }));
  expect(sortStatuses(responses)).toEqual(oneWinner(200, 412));
  const winner = responses.find(({ status }) => status === 200)?.body;
  expect((await call('getProduct', product)).body).toEqual(winner);
  expect(winner).toMatchObject({ version: 2, sku: product.sku, price: product.price });
});
