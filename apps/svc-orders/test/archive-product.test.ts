import { describeRefusals, oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('archiveProduct');

describeRefusals(service, 'archiveProduct', {
  createTenant: createShop,
  createItem: ({ addProduct }) => addProduct(),
  perform: ({ call }, { id }, options) => call('archiveProduct', { id }, options),
});

it('200: returns the product with its new status', async () => {
  const { addProduct, call } = await createShop();
  const product = await addProduct();
  const changed = await call('archiveProduct', { id: product.id });
  expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' } });
  const { updatedAt } = changed.body;
  expect(changed.body).toEqual({ ...product, status: 'archived', version: 2, updatedAt });
  expect((await call('getProduct', product)).text).toBe(changed.text);
});

it('race: one of twenty calls succeeds, the others learn why not', async () => {
  const { addProduct, call } = await createShop();
  const { id } = await addProduct();
  const responses = await race(20, () => call('archiveProduct', { id }));
  expect(sortStatuses(responses)).toEqual(oneWinner(200, 409));
  const codes = responses.flatMap(({ body }) => body.code ?? []);
  expect(codes.filter((code) => code !== 'already-archived' && code !== 'conflict')).toEqual([]);
  expect((await call('getProduct', { id })).body).toMatchObject({ status: 'archived', version: 2 });
});
