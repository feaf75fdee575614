import type { ProductsService } from '@plinth/contracts/orders';
import { expect, it } from 'vitest';
import { createShop } from './test/shop.ts';

type Query = Parameters<ProductsService['listProducts']>[0]['query'];

const createCatalogue = async () => {
  const { db, run, createProduct } = createShop();
  const add = (name: string, amount: number) => {
    db.clock.advance(1000);
    return createProduct({ name, price: { amount, currency: 'EUR' } });
  };
  const products = [await add('Tea', 500), await add('éclair', 300), await add('Cake', 900)] as const;
  const list = async (sort: Query['sort'], where: Query['where'] = {}) => {
    const page = { limit: 20, cursor: undefined, fields: undefined };
    return (await run.listProducts({ query: { where, sort, ...page } })).items;
  };
  return { run, products, list };
};

it('sorts by time, by name without case and accents, and by price, both ways', async () => {
  const { products, list } = await createCatalogue();
  const [tea, eclair, cake] = products;
  expect(await list('-createdAt')).toEqual([cake, eclair, tea]);
  expect(await list('createdAt')).toEqual(products);
  expect(await list('name')).toEqual([cake, eclair, tea]);
  expect(await list('-name')).toEqual([tea, eclair, cake]);
  expect(await list('price')).toEqual([eclair, tea, cake]);
  expect(await list('-price')).toEqual([cake, tea, eclair]);
});

it('filters by status, by SKU and by bounds of the price', async () => {
  const { run, products, list } = await createCatalogue();
  const [tea, eclair, cake] = products;
  const archived = await run.archiveProduct({ id: tea.id });
  expect(await list('price', { status: 'active' })).toEqual([eclair, cake]);
  expect(await list('-createdAt', { status: 'archived' })).toEqual([archived]);
  expect(await list('-createdAt', { sku: cake.sku })).toEqual([cake]);
  expect(await list('price', { price: { $gte: 300, $lt: 900 } })).toEqual([eclair, archived]);
  expect(await list('-price', { status: 'active', price: { $gt: 300 } })).toEqual([cake]);
});
