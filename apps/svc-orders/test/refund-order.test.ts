import { describeRefusals, race } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('refundOrder');
const eur = (amount: number) => ({ amount, currency: 'EUR' });

describeRefusals(service, 'refundOrder', {
  createTenant: createShop,
  createItem: async ({ addPaidOrder }) => (await addPaidOrder()).order,
  perform: ({ change }, order, options) => change('refundOrder', order, {}, options),
  changeItem: ({ changeNote }, order) => changeNote(order),
});

it('200: refunds in part, then the rest, which returns the items', async () => {
  const { addPaidOrder, change, getStock, call } = await createShop();
  const { order, product } = await addPaidOrder();
  const part = await change('refundOrder', order, { amount: eur(1000) });
  expect(part).toMatchObject({ status: 200, body: { status: 'paid', refunded: eur(1000) } });
  expect(await getStock(product)).toBe(37);
  const rest = await change('refundOrder', order, {});
  expect(rest).toMatchObject({
    status: 200,
    headers: { etag: '"4"' },
    body: { status: 'refunded', refunded: eur(3750) },
  });
  expect(await getStock(product)).toBe(40);
  expect((await call('getOrder', order)).text).toBe(rest.text);
});

it.each([
  [{ amount: eur(0) }, '/amount/amount'],
  [{ amount: eur(-1) }, '/amount/amount'],
  [{ amount: eur(1.5) }, '/amount/amount'],
  [{ amount: 100 }, '/amount'],
  [{ amount: { amount: 100 } }, '/amount/currency'],
])('400: refuses %j', async (body, pointer) => {
  const { addPaidOrder, change } = await createShop();
  const response = await change('refundOrder', (await addPaidOrder()).order, body);
  expect(response).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
});

it('409 and 422: refuses an unpaid order, more than was paid, and another currency', async () => {
  const { addOrder, addPaidOrder, change, stored } = await createShop();
  const [unpaid, { order }] = [await addOrder(), await addPaidOrder()];
  const before = await stored();
  expect(await change('refundOrder', unpaid.order, {})).toMatchObject({
    status: 409,
    body: { code: 'illegal-transition', data: { status: 'placed' } },
  });
  expect(await change('refundOrder', order, { amount: eur(3751) })).toMatchObject({
    status: 409,
    body: { code: 'refund-too-large', data: { refundable: eur(3750) } },
  });
  const dollars = { amount: { amount: 1, currency: 'USD' } };
  const mismatch = { status: 422, body: { code: 'currency-mismatch' } };
  expect(await change('refundOrder', order, dollars)).toMatchObject(mismatch);
  expect(await stored()).toEqual(before);
});

it('race: twenty refunds of a tenth never exceed what was paid, and the money adds up', async () => {
  const { addPaidOrder, change, getOrder, getStock } = await createShop();
  const { order, product } = await addPaidOrder();
  const refunded: number[] = [];
  while (refunded.length < 10) {
    const responses = await race(20, () => change('refundOrder', order, { amount: eur(375) }));
    refunded.push(...responses.filter(({ status }) => status === 200).map(() => 375));
    expect(responses.every(({ status }) => status === 200 || status === 409)).toBe(true);
    expect((await getOrder(order)).refunded.amount).toBe(refunded.length * 375);
  }
  expect(await getOrder(order)).toMatchObject({ status: 'refunded', refunded: eur(3750) });
  expect(await getStock(product)).toBe(40);
});
