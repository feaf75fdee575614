import { describeRefusals, oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('updateOrder');

describeRefusals(service, 'updateOrder', {
  createTenant: createShop,
  createItem: async ({ addOrder }) => (await addOrder()).order,
  perform: ({ call }, { id, version }, options) => call('updateOrder', { id, version, body: { note: 'New' } }, options),
});

it('200: merges the address, removes the note by null, and returns the order', async () => {
  const { addOrder, call } = await createShop();
  const { order } = await addOrder();
  const { id } = order;
  const noted = await call('updateOrder', {
    id,
    version: 1,
    body: { note: 'Ring', shippingAddress: { city: 'Paris' } },
  });
  const shippingAddress = { ...order.shippingAddress, city: 'Paris' };
  expect(noted).toMatchObject({ status: 200, headers: { etag: '"2"' }, body: { note: 'Ring', shippingAddress } });
  const changed = await call('updateOrder', { id, version: 2, body: { note: null } });
  expect(changed.body).toEqual({ ...order, shippingAddress, version: 3, updatedAt: changed.body.updatedAt });
  expect((await call('getOrder', { id })).text).toBe(changed.text);
});

it.each([
  [{ shippingAddress: null }, '/shippingAddress'],
  [{ shippingAddress: { city: null } }, '/shippingAddress/city'],
  [{ shippingAddress: { country: 'gb' } }, '/shippingAddress/country'],
  [{ note: 'a\0b' }, '/note'],
])('400: refuses %j', async (body, pointer) => {
  const { addOrder, call } = await createShop();
  const response = await call('updateOrder', { ...(await addOrder()).order, body });
  expect(response).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
});

it('409: refuses to change an order that was shipped, and names what is legal', async () => {
  const { addPaidOrder, change, call } = await createShop();
  const { order } = await addPaidOrder();
  const { id, version } = (await change('shipOrder', order, {})).body;
  const data = { status: 'shipped', legal: ['deliver', 'refund'] };
  const refused = await call('updateOrder', { id, version, body: { note: 'Late' } });
  expect(refused).toMatchObject({ status: 409, body: { code: 'illegal-transition', data } });
});

it('race: one of twenty changes of the same version succeeds', async () => {
  const { addOrder, call } = await createShop();
  const { order } = await addOrder();
  const { id } = order;
  const responses = await race(20, (index) => call('updateOrder', { id, version: 1, body: { note: `Note ${index}` } }));
  expect(sortStatuses(responses)).toEqual(oneWinner(200, 412));
  const winner = responses.find(({ status }) => status === 200)?.body;
  expect((await call('getOrder', { id })).body).toEqual(winner);
});
