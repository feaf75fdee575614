import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('getOrder');

it.each(['owner', 'member', 'viewer'])('200: returns an order to the role %s', async (role) => {
  const { tenantId, addOrder, call } = await createShop();
  const { order } = await addOrder();
  const as = await service.userWithRole(role, tenantId);
  const read = await call('getOrder', { id: order.id.toUpperCase() }, { as });
  expect(read).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: order });
});

it('400, 401 and 403: refuses a malformed id, anonymous callers and users without a role', async () => {
  const { addOrder, call, as } = await createShop();
  const { id } = (await addOrder()).order;
  expect((await call('getOrder', { id: 'x' })).status).toBe(400);
  expect((await call('getOrder', { id }, { as: service.host.anonymous })).status).toBe(401);
  expect((await call('getOrder', { id }, { as: await as({ id: createId() }) })).status).toBe(403);
});

it('boundary: the same 404 for an unknown id and an order of another tenant', async () => {
  const [shop, other] = [await createShop(), await createShop()];
  const { id } = (await shop.addOrder()).order;
  const responses = [await other.call('getOrder', { id: createId() }), await other.call('getOrder', { id })];
  const [unknown, foreign] = responses.map(({ body }) => ({ ...body, instance: '', requestId: '' }));
  expect(unknown).toMatchObject({ status: 404, code: 'not-found' });
  expect(foreign).toEqual(unknown);
});
