import { expect, it } from 'vitest';
import { createShop } from './test/shop.ts';

it.each([
  [{ name: 'Émile' }, { name: 'Émile', nameKey: 'emile\tÉmile' }],
  [{ description: 'New' }, { description: 'New' }],
  [{ description: null }, { description: undefined }],
  [{ price: { amount: 1 } }, { priceAmount: 1 }],
  [{ price: { currency: 'USD' } }, { currency: 'USD' }],
  [
    { name: 'New', price: { amount: 0, currency: 'JPY' } },
    { name: 'New', nameKey: 'new\tNew', priceAmount: 0, currency: 'JPY' },
  ],
])('changes %j and nothing else, and emits product-updated', async (body, changes) => {
  const { run, createProduct, stored, collectEvents } = createShop();
  const { id } = await createProduct({ description: 'Old' });
  const before = stored({ id });
  const events = await collectEvents(async () => {
    expect(await run.updateProduct({ id, version: [1], body })).toMatchObject({ version: 2 });
  });
  expect(stored({ id })).toEqual({ ...before, ...changes, version: 2 });
  expect(events).toEqual([{ name: 'orders.product-updated', aggregateId: id, payload: { productId: id } }]);
});

it('changes nothing and emits nothing when the patch has no new value', async () => {
  const { run, createProduct, expectUnchanged } = createShop();
  const product = await createProduct();
  const { id, name, price } = product;
  await expectUnchanged(async () => {
    for (const body of [{}, { name }, { price }, { price: {} }, { description: null }]) {
      expect(await run.updateProduct({ id, version: [1], body })).toEqual(product);
    }
  });
});

it('integrity: a patch changes neither stock nor status nor SKU', async () => {
  const { run, createProduct } = createShop();
  const { id, sku, stock } = await createProduct();
  const body = { name: 'New', sku: 'X', stock: 7, status: 'archived' };
  expect(await run.updateProduct({ id, version: [1], body })).toMatchObject({ sku, stock, status: 'active' });
});

it('race: one of several changes of the same version succeeds', async () => {
  const { run, createProduct } = createShop();
  const { id } = await createProduct();
  const results = await Promise.allSettled(
    ['A', 'B', 'C'].map((name) => run.updateProduct({ id, version: [1], body: { name } })),
  );
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await run.getProduct({ id })).toMatchObject({ version: 2 });
});

it('boundary: refuses a stale version', async () => {
  const { run, createProduct, expectUnchanged } = createShop();
  const { id } = await createProduct();
  await expectUnchanged(() =>
    expect(run.updateProduct({ id, version: [2], body: {} })).rejects.toMatchObject({ code: 'stale-version' }),
  );
});
