import { describeRefusals, race } from '@plinth/service-kit/testing';
import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('shipOrder');

describeRefusals(service, 'shipOrder', {
  createTenant: createShop,
  createItem: async ({ addPaidOrder }) => (await addPaidOrder()).order,
  perform: ({ change }, order, options) => change('shipOrder', order, {}, options),
  changeItem: ({ changeNote }, order) => changeNote(order),
});

it('200: ships in parts, then the rest', async () => {
  const { addPaidOrder, change, call } = await createShop();
  const { order, product } = await addPaidOrder();
  const part = await change('shipOrder', order, { lines: [{ productId: product.id, quantity: 2 }] });
  expect(part).toMatchObject({ status: 200, body: { status: 'partly-shipped', lines: [{ quantity: 3, shipped: 2 }] } });
  const rest = await change('shipOrder', order, {});
  expect(rest).toMatchObject({
    status: 200,
    headers: { etag: '"4"' },
    body: { status: 'shipped', lines: [{ shipped: 3 }] },
  });
  expect((await call('getOrder', order)).text).toBe(rest.text);
});

it.each([
  [{ lines: [] }, '/lines'],
  [{ lines: [{ productId: createId(), quantity: 0 }] }, '/lines/0/quantity'],
  [{ lines: 'all' }, '/lines'],
])('400: refuses %j', async (body, pointer) => {
  const { addPaidOrder, change } = await createShop();
  const response = await change('shipOrder', (await addPaidOrder()).order, body);
  expect(response).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
});

it('409 and 422: refuses an unpaid order, more than was ordered, and a product twice', async () => {
  const { addOrder, addPaidOrder, change, stored } = await createShop();
  const [unpaid, { order, product }] = [await addOrder(), await addPaidOrder()];
  const before = await stored();
  const legal = ['update', 'cancel', 'mark-paid'];
  expect(await change('shipOrder', unpaid.order, {})).toMatchObject({
    status: 409,
    body: { code: 'illegal-transition', data: { status: 'placed', legal } },
  });
  const line = { productId: product.id, quantity: 2 };
  expect(await change('shipOrder', order, { lines: [{ ...line, quantity: 4 }] })).toMatchObject({
    status: 409,
    body: { code: 'shipment-too-large', data: { productId: product.id, open: 3 } },
  });
  const twice = await change('shipOrder', order, { lines: [line, { ...line, quantity: 1 }] });
  expect(twice).toMatchObject({ status: 422, body: { code: 'duplicate-product' } });
  expect(await stored()).toEqual(before);
});

it('race: of ten shipments of one item each, three are made', async () => {
  const { addPaidOrder, change, getOrder, listEvents } = await createShop();
  const { order, product } = await addPaidOrder();
  const body = { lines: [{ productId: product.id, quantity: 1 }] };
  let left = 10;
  // A request that two others overtake is refused with `conflict`, and may be sent again.
  for (let shipped = 0; shipped < 3; left -= 1) {
    const responses = await race(left, () => change('shipOrder', order, body));
    shipped += responses.filter(({ status }) => status === 200).length;
    expect(responses.every(({ status }) => status === 200 || status === 409)).toBe(true);
  }
  expect(await getOrder(order)).toMatchObject({ status: 'shipped', lines: [{ shipped: 3 }] });
  expect((await listEvents()).filter((name) => name === 'orders.order-shipped')).toHaveLength(3);
});
