import { builtInRoles } from '@plinth/contract-kit';
import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('listOrderHistory');

it.each([...builtInRoles])('200: returns every change to the role %s, the newest first', async (role) => {
  const { tenantId, addOrder, change, call } = await createShop();
  const { order } = await addOrder();
  await change('markOrderPaid', order);
  const { body: shipped } = await change('shipOrder', order, {});
  const as = await service.userWithRole(role, tenantId);
  const { status, body } = await call('listOrderHistory', { id: order.id.toUpperCase() }, { as });
  expect(status).toBe(200);
  expect(body.items.map(({ action, version }: { action: string; version: number }) => [action, version])).toEqual([
    ['shipOrder', 3],
    ['markOrderPaid', 2],
    ['placeOrder', 1],
  ]);
  const [newest] = body.items;
  expect(newest).toMatchObject({
    createdAt: shipped.updatedAt,
    actor: { kind: 'user', id: expect.any(String) },
    events: ['orders.order-shipped'],
    before: { status: 'paid', lines: [{ shipped: 0 }] },
    after: { status: 'shipped', lines: [{ shipped: 3 }] },
  });
  expect(Object.keys(newest.after)).toEqual(['status', 'lines']);
});

it('race: of many changes at once each that succeeds has an entry, and asOf returns the order after each', async () => {
  const shop = await createShop();
  const { order } = await shop.addOrder();
  let current = order;
  const states = [order];
  for (let round = 0; round < 3; round += 1) {
    const responses = await Promise.all(Array.from({ length: 8 }, () => shop.changeNote(current)));
    const [winner] = responses.filter(({ status }) => status === 200);
    current = winner?.body;
    states.push(current);
  }
  const { body } = await shop.call('listOrderHistory', { id: order.id, query: { limit: 2 } });
  const query = { limit: 2, cursor: body.nextCursor };
  const { body: rest } = await shop.call('listOrderHistory', { id: order.id, query });
  const versions = [...body.items, ...rest.items].map(({ version }: { version: number }) => version);
  expect(versions).toEqual([4, 3, 2, 1]);
  for (const state of states) {
    const { body: read } = await shop.call('getOrder', { id: order.id, query: { asOf: state.updatedAt } });
    expect(read).toEqual(state);
  }
});

it('400: refuses the cursor of another order, and a sort', async () => {
  const { addOrder, change, call } = await createShop();
  const [{ order }, { order: other }] = [await addOrder(), await addOrder()];
  await change('markOrderPaid', order);
  const { nextCursor: cursor } = (await call('listOrderHistory', { id: order.id, query: { limit: 1 } })).body;
  const response = await call('listOrderHistory', { id: other.id, query: { limit: 1, cursor } });
  expect(response).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } });
  expect((await call('listOrderHistory', { id: order.id, query: { sort: 'createdAt' } })).status).toBe(400);
});

it('401, 403 and 404: refuses anonymous callers, users without a role, and other tenants', async () => {
  const { tenantId, addOrder, call } = await createShop();
  const { id } = (await addOrder()).order;
  expect((await call('listOrderHistory', { id }, { as: service.host.anonymous })).status).toBe(401);
  const stranger = await service.userWithRole('unknown', tenantId);
  expect((await call('listOrderHistory', { id }, { as: stranger })).status).toBe(403);
  const outsider = await service.userWithRole('owner');
  const foreign = await call('listOrderHistory', { id }, { as: outsider });
  const unknown = await call('listOrderHistory', { id: createId() });
  expect([foreign.status, unknown.status]).toEqual([404, 404]);
  const toComparable = ({ body }: typeof foreign) => ({ ...body, instance: '', requestId: '' });
  expect(toComparable(foreign)).toEqual(toComparable(unknown));
});
