import { describeRefusals, oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('startFulfilment');
const body = { paymentMethod: 'pm_card_visa' };

describeRefusals(service, 'startFulfilment', {
  createTenant: createShop,
  createItem: async ({ addOrder }) => (await addOrder()).order,
  perform: ({ change }, order, options) => change('startFulfilment', order, body, options),
  changeItem: ({ changeNote }, order) => changeNote(order),
});

it('202: returns the fulfilment, which owns the order', async () => {
  const { addOrder, change, call, getOrder } = await createShop();
  const { order } = await addOrder();
  const response = await change('startFulfilment', order, body);
  expect(response).toMatchObject({
    status: 202,
    headers: { etag: '"1"' },
    body: {
      orderId: order.id,
      status: 'charging',
      amount: { amount: 3750, currency: 'EUR' },
      refunded: { amount: 0, currency: 'EUR' },
      history: [{ status: 'charging' }],
    },
  });
  expect(response.text).not.toContain('pm_card_visa');
  expect(await getOrder(order)).toMatchObject({ status: 'placed', fulfilmentId: response.body.id });
  for (const operation of ['cancelOrder', 'markOrderPaid']) {
    expect(await change(operation, order)).toMatchObject({ status: 409, body: { code: 'being-charged' } });
  }
  expect((await call('getFulfilment', order)).text).toBe(response.text);
});

it.each([
  [{}, '/paymentMethod'],
  [{ paymentMethod: '' }, '/paymentMethod'],
  [{ paymentMethod: 'pm/../card' }, '/paymentMethod'],
  [{ ...body, shipWithinHours: 0 }, '/shipWithinHours'],
  [{ ...body, shipWithinHours: 2161 }, '/shipWithinHours'],
])('400: refuses %j', async (invalid, pointer) => {
  const { addOrder, change } = await createShop();
  const response = await change('startFulfilment', (await addOrder()).order, invalid);
  expect(response).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
});

it('409: refuses an order that is paid, or has a fulfilment', async () => {
  const { addOrder, addPaidOrder, change, stored } = await createShop();
  const [{ order }, paid] = [await addOrder(), await addPaidOrder()];
  await change('startFulfilment', order, body);
  const before = await stored();
  const refusal = (code: string) => ({ status: 409, body: { code } });
  expect(await change('startFulfilment', order, body)).toMatchObject(refusal('fulfilment-started'));
  expect(await change('startFulfilment', paid.order, body)).toMatchObject(refusal('illegal-transition'));
  expect(await stored()).toEqual(before);
});

it('race: twenty starts, of which one wins', async () => {
  const { addOrder, change } = await createShop();
  const { order } = await addOrder();
  const responses = await race(20, () => change('startFulfilment', order, body));
  expect(sortStatuses(responses)).toEqual(oneWinner(202, 409));
});

it.each(['cancelOrder', 'markOrderPaid'])('race: a start and %s, of which one wins', async (operation) => {
  const { addOrder, change, getOrder } = await createShop();
  const { order } = await addOrder();
  const responses = await Promise.all([change('startFulfilment', order, body), change(operation, order)]);
  const [started, changed] = responses.map(({ status }) => status < 300);
  expect(started).toBe(!changed);
  expect((await getOrder(order)).status === 'placed').toBe(started);
});
