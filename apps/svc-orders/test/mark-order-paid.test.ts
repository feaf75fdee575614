import { describeRefusals, oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('markOrderPaid');
const paid = { amount: 3750, currency: 'EUR' };

describeRefusals(service, 'markOrderPaid', {
  createTenant: createShop,
  createItem: async ({ addOrder }) => (await addOrder()).order,
  perform: ({ change }, order, options) => change('markOrderPaid', order, undefined, options),
  changeItem: ({ changeNote }, order) => changeNote(order),
});

it('200: returns the paid order', async () => {
  const { addOrder, change, call } = await createShop();
  const { order } = await addOrder();
  const response = await change('markOrderPaid', order);
  const { updatedAt } = response.body;
  expect(response).toMatchObject({ status: 200, headers: { etag: '"2"' } });
  expect(response.body).toEqual({ ...order, status: 'paid', paid, version: 2, updatedAt });
  expect((await call('getOrder', order)).text).toBe(response.text);
});

it('409: refuses an order that its fulfilment is charging', async () => {
  const { addOrder, change, stored } = await createShop();
  const { order } = await addOrder();
  await change('startFulfilment', order, { paymentMethod: 'pm_card_visa' });
  const before = await stored();
  expect(await change('markOrderPaid', order)).toMatchObject({ status: 409, body: { code: 'being-charged' } });
  expect(await stored()).toEqual(before);
});

it('race: one of twenty payments is recorded, the others learn what is legal', async () => {
  const { addOrder, change, getOrder } = await createShop();
  const { order } = await addOrder();
  const responses = await race(20, () => change('markOrderPaid', order));
  expect(sortStatuses(responses)).toEqual(oneWinner(200, 409));
  const data = { status: 'paid', legal: ['update', 'cancel', 'ship', 'refund'] };
  expect(responses.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'illegal-transition', data });
  expect(await getOrder(order)).toMatchObject({ status: 'paid', version: 2, paid });
});
