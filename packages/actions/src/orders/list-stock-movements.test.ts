import { createContext } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createShop } from './test/shop.ts';

const query = { where: {}, sort: '-createdAt', limit: 20, cursor: undefined, fields: undefined } as const;

it('returns the movements of the product only, the newest first', async () => {
  const { db, run, createProduct } = createShop();
  const [tea, cake] = [await createProduct(), await createProduct()];
  const first = await run.restockProduct({ id: tea.id, body: { quantity: 1, reason: 'First' } });
  await run.restockProduct({ id: cake.id, body: { quantity: 1, reason: 'Other' } });
  db.clock.advance(1000);
  const second = await run.restockProduct({ id: tea.id, body: { quantity: 2, reason: 'Second' } });
  const page = await run.listStockMovements({ id: tea.id, query });
  expect(page).toEqual({ items: [second, first], nextCursor: null });
});

it('boundary: another tenant’s product does not exist', async () => {
  const { run, createProduct } = createShop();
  const { id } = await createProduct();
  await expect(run.listStockMovements({ id, query }, createContext())).rejects.toMatchObject({ code: 'not-found' });
});
