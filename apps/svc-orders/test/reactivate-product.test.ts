import { describeRefusals, oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('reactivateProduct');

describeRefusals(service, 'reactivateProduct', {
  createTenant: createShop,
  createItem: async ({ addProduct, call }) => (await call('archiveProduct', await addProduct())).body,
  perform: ({ call }, { id }, options) => call('reactivateProduct', { id }, options),
});

it('200: returns the product with its new status', async () => {
  const { addProduct, call } = await createShop();
  const product = (await call('archiveProduct', await addProduct())).body;
  const changed = await call('reactivateProduct', { id: product.id });
  expect(changed).toMatchObject({ status: 200, headers: { etag: '"3"' } });
  const { updatedAt } = changed.body;
  expect(changed.body).toEqual({ ...product, status: 'active', version: 3, updatedAt });
  expect((await call('getProduct', product)).text).toBe(changed.text);
});

it('race: one of twenty calls succeeds, the others learn why not', async () => {
  const { addProduct, call } = await createShop();
  const { id } = (await call('archiveProduct', await addProduct())).body;
  const responses = await race(20, () => call('reactivateProduct', { id }));
  expect(sortStatuses(responses)).toEqual(oneWinner(200, 409));
  const codes = responses.flatMap(({ body }) => body.code ?? []);
  expect(codes.filter((code) => code !== 'not-archived' && code !== 'conflict')).toEqual([]);
  expect((await call('getProduct', { id })).body).toMatchObject({ status: 'active', version: 3 });
});
