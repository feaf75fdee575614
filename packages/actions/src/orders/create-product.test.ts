import { createContext } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createShop } from './test/shop.ts';
import { createProductInput } from './testing/index.ts';

it('stores the product in the tenant of the caller: active, with the parts of its price and the key of its name', async () => {
  const { db, owner, createProduct, stored } = createShop();
  const input = createProductInput({ name: 'Éclair', description: 'Two lines\nof text' });
  const { price, ...fields } = input;
  const product = await createProduct(input);
  const now = db.clock.now();
  expect(product).toEqual({
    id: product.id,
    version: 1,
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
    ...input,
    status: 'active',
  });
  expect(stored(product)).toEqual({
    _id: product.id,
    tenantId: owner.tenantId,
    version: 1,
    createdAt: now,
    updatedAt: now,
    ...fields,
    nameKey: 'eclair\tÉclair',
    priceAmount: price.amount,
    currency: price.currency,
    status: 'active',
  });
});

it('emits product-created with the id only', async () => {
  const { createProduct, db } = createShop();
  const { id } = await createProduct();
  expect(db.emitted()).toMatchObject([{ name: 'orders.product-created', aggregateId: id, payload: { productId: id } }]);
});

it('race: one of several products with the same SKU is created', async () => {
  const { createProduct, db } = createShop();
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => createProduct({ sku: 'TEA' })));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(db.products.all()).toHaveLength(1);
});

it('integrity: a taken SKU leaves no product and no event behind', async () => {
  const { createProduct, expectUnchanged } = createShop();
  await createProduct({ sku: 'TEA' });
  await expectUnchanged(() => expect(createProduct({ sku: 'TEA' })).rejects.toMatchObject({ code: 'sku-taken' }));
});

it('boundary: another tenant can use the same SKU, and so can another spelling', async () => {
  const { run, createProduct } = createShop();
  await createProduct({ sku: 'TEA' });
  await createProduct({ sku: 'tea' });
  await run.createProduct({ body: createProductInput({ sku: 'TEA' }) }, createContext());
});

it.each([0, 1_000_000_000])('boundary: accepts a stock of %i', async (stock) => {
  expect(await createShop().createProduct({ stock })).toMatchObject({ stock });
});
