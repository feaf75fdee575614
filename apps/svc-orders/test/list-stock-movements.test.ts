import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('listStockMovements');

const createMovements = async () => {
  const shop = await createShop();
  const [{ id }, other] = [await shop.addProduct(), await shop.addProduct()];
  const movements = [];
  for (const quantity of [1, 2, 3]) {
    movements.push((await shop.call('restockProduct', { id, body: { quantity, reason: 'Delivery' } })).body);
  }
  await shop.call('restockProduct', { id: other.id, body: { quantity: 9, reason: 'Delivery' } });
  return { ...shop, id, other, movements };
};

it('200: returns the movements of the product only, in pages, the newest first', async () => {
  const { id, call, movements } = await createMovements();
  const first = await call('listStockMovements', { id, query: { limit: 2 } });
  expect(first).toMatchObject({ status: 200, body: { items: movements.slice(1).toReversed() } });
  const query = { limit: 2, cursor: first.body.nextCursor };
  expect((await call('listStockMovements', { id, query })).body).toEqual({ items: [movements[0]], nextCursor: null });
  const oldest = await call('listStockMovements', { id, query: { sort: 'createdAt' } });
  expect(oldest.body.items).toEqual(movements);
});

it('400: refuses the cursor of another product, and a filter', async () => {
  const { id, other, call } = await createMovements();
  const { nextCursor: cursor } = (await call('listStockMovements', { id, query: { limit: 1 } })).body;
  const response = await call('listStockMovements', { id: other.id, query: { limit: 1, cursor } });
  expect(response).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } });
  expect((await call('listStockMovements', { id, query: { productId: other.id } })).status).toBe(400);
});

it('401, 403 and 404: refuses anonymous callers, users without a role, and other tenants', async () => {
  const { id, tenantId, call } = await createMovements();
  expect((await call('listStockMovements', { id }, { as: service.host.anonymous })).status).toBe(401);
  const stranger = await service.userWithRole('unknown', tenantId);
  expect((await call('listStockMovements', { id }, { as: stranger })).status).toBe(403);
  const outsider = await service.userWithRole('owner');
  expect((await call('listStockMovements', { id }, { as: outsider })).status).toBe(404);
  expect((await call('listStockMovements', { id: createId() })).status).toBe(404);
});
