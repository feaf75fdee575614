import { builtInRoles } from '@plinth/contract-kit';
import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('getOrder');

it.each([...builtInRoles])('200: returns an order to the role %s', async (role) => {
  const { tenantId, addOrder, call } = await createShop();
  const { order } = await addOrder();
  const as = await service.userWithRole(role, tenantId);
  const read = await call('getOrder', { id: order.id.toUpperCase() }, { as });
  expect(read).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: order });
});

it('200: returns the order as it was at a time, with the ETag of that version', async () => {
  const { addOrder, change, call } = await createShop();
  const { order } = await addOrder();
  const { body: paid } = await change('markOrderPaid', order);
  const read = (asOf: string, headers = {}) => call('getOrder', { id: order.id, query: { asOf } }, { headers });
  expect(await read(order.createdAt)).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: order });
  expect(await read(paid.updatedAt)).toMatchObject({ status: 200, headers: { etag: '"2"' }, body: paid });
  expect((await read(order.createdAt, { 'if-none-match': '"1"' })).status).toBe(304);
  expect((await read('9999-12-31T23:59:59.999Z')).body).toEqual(paid);
});

it('boundary: the time before the order was placed is a 404, and a text that is no time a 400', async () => {
  const { addOrder, change, call } = await createShop();
  const { order } = await addOrder();
  await change('markOrderPaid', order);
  const read = (asOf: string) => call('getOrder', { id: order.id, query: { asOf } });
  const before = new Date(new Date(order.createdAt).getTime() - 1).toISOString();
  expect(await read(before)).toMatchObject({ status: 404, body: { code: 'not-found' } });
  expect((await read('yesterday')).status).toBe(400);
  expect((await call('getOrder', { id: order.id, query: { at: before } })).status).toBe(400);
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
