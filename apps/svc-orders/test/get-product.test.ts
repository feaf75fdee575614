import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('getProduct');

it.each(['owner', 'admin', 'member', 'viewer'])('200: returns a product to the role %s', async (role) => {
  const { tenantId, addProduct, call } = await createShop();
  const product = await addProduct();
  const as = await service.userWithRole(role, tenantId);
  const read = await call('getProduct', { id: product.id.toUpperCase() }, { as });
  expect(read).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: product });
});

it.each(['1', 'a'.repeat(100), '%00', '$ne', '__proto__'])('400: refuses the id %s', async (id) => {
  const { call } = await createShop();
  expect(await call('getProduct', { id })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/id' }] } });
});

it('401 and 403: refuses anonymous callers and users without a role', async () => {
  const { addProduct, call, as } = await createShop();
  const { id } = await addProduct();
  expect((await call('getProduct', { id }, { as: service.host.anonymous })).status).toBe(401);
  const refused = await call('getProduct', { id }, { as: await as({ id: createId() }) });
  expect(refused).toMatchObject({ status: 403, body: { data: { permission: 'products:read' } } });
});

it('boundary: the same 404 for an unknown id and a product of another tenant', async () => {
  const [shop, other] = [await createShop(), await createShop()];
  const { id } = await shop.addProduct();
  const responses = [await other.call('getProduct', { id: createId() }), await other.call('getProduct', { id })];
  const [unknown, foreign] = responses.map(({ body }) => ({ ...body, instance: '', requestId: '' }));
  expect(unknown).toMatchObject({ status: 404, code: 'not-found' });
  expect(foreign).toEqual(unknown);
});
