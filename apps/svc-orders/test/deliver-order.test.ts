import { describeRefusals, oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { type Shop, useOrders } from './shop.ts';

const { service, createShop } = useOrders('deliverOrder');

const addShippedOrder = async ({ addPaidOrder, change }: Shop) =>
  (await change('shipOrder', (await addPaidOrder()).order, {})).body;

describeRefusals(service, 'deliverOrder', {
  createTenant: createShop,
  createItem: addShippedOrder,
  perform: ({ change }, order, options) => change('deliverOrder', order, undefined, options),
  changeItem: ({ change }, order) => change('refundOrder', order, { amount: { amount: 1, currency: 'EUR' } }),
});

it('200: returns the delivered order', async () => {
  const shop = await createShop();
  const order = await addShippedOrder(shop);
  const delivered = await shop.change('deliverOrder', order);
  const { updatedAt } = delivered.body;
  expect(delivered).toMatchObject({ status: 200, headers: { etag: '"4"' } });
  expect(delivered.body).toEqual({ ...order, status: 'delivered', version: 4, updatedAt });
});

it('race: one of twenty deliveries is recorded, the others learn what is legal', async () => {
  const shop = await createShop();
  const order = await addShippedOrder(shop);
  const responses = await race(20, () => shop.change('deliverOrder', order));
  expect(sortStatuses(responses)).toEqual(oneWinner(200, 409));
  const data = { status: 'delivered', legal: ['refund'] };
  expect(responses.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'illegal-transition', data });
});
