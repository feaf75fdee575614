import { describeRefusals, oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('cancelOrder');
const eur = (amount: number) => ({ amount, currency: 'EUR' });

describeRefusals(service, 'cancelOrder', {
  createTenant: createShop,
  createItem: async ({ addOrder }) => (await addOrder()).order,
  perform: ({ change }, order, options) => change('cancelOrder', order, undefined, options),
  changeItem: ({ changeNote }, order) => changeNote(order),
});

it('200: returns the cancelled order, its items to the stock, and what was paid', async () => {
  const { addPaidOrder, change, getStock, call } = await createShop();
  const { order, product } = await addPaidOrder();
  const cancelled = await change('cancelOrder', order);
  const { updatedAt } = cancelled.body;
  expect(cancelled).toMatchObject({ status: 200, headers: { etag: '"3"' } });
  expect(cancelled.body).toEqual({ ...order, status: 'cancelled', refunded: eur(3750), version: 3, updatedAt });
  expect(await getStock(product)).toBe(40);
  expect((await call('getOrder', order)).text).toBe(cancelled.text);
});

it('409: refuses an order that its fulfilment is charging', async () => {
  const { addOrder, change, stored } = await createShop();
  const { order } = await addOrder();
  await change('startFulfilment', order, { paymentMethod: 'pm_card_visa' });
  const before = await stored();
  expect(await change('cancelOrder', order)).toMatchObject({ status: 409, body: { code: 'being-charged' } });
  expect(await stored()).toEqual(before);
});

describe('race', () => {
  it('twenty cancellations return the items once, and the others learn that nothing is legal', async () => {
    const { addOrder, change, getStock, listEvents } = await createShop();
    const { order, product } = await addOrder();
    const responses = await race(20, () => change('cancelOrder', order));
    expect(sortStatuses(responses)).toEqual(oneWinner(200, 409));
    expect(responses.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'illegal-transition',
      data: { status: 'cancelled', legal: [] },
    });
    expect(await getStock(product)).toBe(40);
    expect((await listEvents()).filter((name) => name === 'orders.order-cancelled')).toHaveLength(1);
  });

  it.each([1, 2, 3, 4, 5])(
    'an order is either cancelled, refunded or shipped, and stock and money add up: %i',
    async () => {
      const { addPaidOrder, change, getStock, getOrder } = await createShop();
      const { order, product } = await addPaidOrder();
      const responses = await Promise.all([
        change('shipOrder', order, {}),
        change('cancelOrder', order),
        change('shipOrder', order, {}),
        change('refundOrder', order, { amount: eur(3750) }),
        change('cancelOrder', order),
      ]);
      const [ship, cancel, , refund] = responses;
      const { status, refunded, lines } = await getOrder(order);
      const successes = responses.filter((response) => response.status === 200).length;
      // A shipped order can still be refunded; every other change ends it.
      expect(successes).toBe(status === 'refunded' && lines[0].shipped === 3 ? 2 : 1);
      expect(['shipped', 'cancelled', 'refunded']).toContain(status);
      expect(refunded).toEqual(status === 'shipped' ? eur(0) : eur(3750));
      expect(await getStock(product)).toBe(lines[0].shipped === 3 ? 37 : 40);
      for (const response of [ship, cancel, refund]) expect([200, 409]).toContain(response?.status);
    },
  );
});
