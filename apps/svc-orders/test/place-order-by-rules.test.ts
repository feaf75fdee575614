import { createFreeShippingInput, createRuleInput, createVoucherInput } from '@plinth/actions/orders/testing';
import { race, sortStatuses } from '@plinth/service-kit/testing';
import { createId } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { createShop } = useOrders();

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const overrides = { voucherCode: 'FIVE' };

it('explains the total by the rules that applied, in a stored order too', async () => {
  const { addProduct, addRule, place, call } = await createShop();
  const tea = await addProduct({ price: eur(1000) });
  const discount = await addRule();
  const voucher = await addRule(createVoucherInput({ code: 'FIVE' }));
  const free = await addRule(createFreeShippingInput());
  const placed = await place([[tea, 6]], { overrides: { ...overrides, shippingFee: eur(490) } });
  expect(placed).toMatchObject({
    status: 201,
    body: {
      subtotal: eur(6000),
      discount: eur(1100),
      shipping: eur(0),
      total: eur(4900),
      appliedRules: [
        { ruleId: discount.id, name: discount.name, kind: 'volume-discount', amount: eur(600) },
        { ruleId: voucher.id, name: voucher.name, kind: 'voucher', amount: eur(500) },
        { ruleId: free.id, name: free.name, kind: 'free-shipping', amount: eur(490) },
      ],
    },
  });
  expect((await call('getOrder', { id: placed.body.id })).text).toBe(placed.text);
});

it('the sales of a day and refunds add up with discounts', async () => {
  const { addProduct, addRule, place, change, call } = await createShop();
  const tea = await addProduct({ price: eur(1000), stock: 10 });
  await addRule();
  const orders = [
    (await place([[tea, 1]])).body,
    (await place([[tea, 2]], { overrides: { shippingFee: eur(100) } })).body,
  ];
  for (const order of orders) await change('markOrderPaid', order);
  expect((await change('refundOrder', orders[0], { amount: eur(901) })).body).toMatchObject({
    code: 'refund-too-large',
  });
  expect((await change('refundOrder', orders[0], {})).body).toMatchObject({ status: 'refunded', refunded: eur(900) });
  const to = new Date(Date.now() + 60_000).toISOString();
  const { items } = (await call('getSalesSummary', { query: { from: '2026-01-01T00:00:00Z', to } })).body;
  expect(items).toMatchObject([{ orders: 2, total: eur(2800), paid: eur(2800), refunded: eur(900) }]);
});

it.each([
  [{ voucherCode: 'a b' }, 400, 'invalid-request'],
  [{ shippingFee: eur(-1) }, 400, 'invalid-request'],
  [{ shippingFee: { amount: 1, currency: 'USD' } }, 422, 'currency-mismatch'],
  [{ shippingFee: eur(Number.MAX_SAFE_INTEGER) }, 422, 'amount-too-large'],
  [{ voucherCode: 'UNKNOWN' }, 409, 'voucher-unavailable'],
  [{ voucherCode: 'DOLLARS' }, 409, 'voucher-not-applicable'],
])('boundary: refuses %j with %i %s and changes nothing', async (part, status, code) => {
  const { addProduct, addRule, place, stored } = await createShop();
  const tea = await addProduct({ price: eur(1000) });
  await addRule(createVoucherInput({ code: 'DOLLARS' }, { currency: 'USD' }));
  const before = await stored();
  expect(await place([[tea, 1]], { overrides: part })).toMatchObject({ status, body: { code } });
  expect(await stored()).toEqual(before);
});

describe('race', () => {
  it('forty orders with a voucher of 15 uses: 15 are placed, 25 find it used up', { timeout: 60_000 }, async () => {
    const { addProduct, addRule, place, getStock, getUses, stored, listEvents } = await createShop();
    const tea = await addProduct({ stock: 100 });
    const voucher = await addRule(createVoucherInput({ code: 'FIVE', usesMax: 15 }));
    const responses = await race(40, () => place([[tea, 1]], { overrides }));
    expect(sortStatuses(responses)).toEqual([...Array(15).fill(201), ...Array(25).fill(409)]);
    const codes = responses.filter(({ status }) => status === 409).map(({ body }) => body.code);
    expect(new Set(codes)).toEqual(new Set(['voucher-used-up']));
    expect([await getUses(voucher), await getStock(tea), (await stored('orders')).length]).toEqual([15, 85, 15]);
    expect((await listEvents()).filter((name) => name === 'orders.order-placed')).toHaveLength(15);
  });

  it('one key sent twenty times uses the voucher once, and a cancellation returns that use once', async () => {
    const { addProduct, addRule, place, change, getUses } = await createShop();
    const tea = await addProduct();
    const voucher = await addRule(createVoucherInput({ code: 'FIVE', usesMax: 1 }));
    const headers = { 'idempotency-key': createId() };
    const responses = await race(20, () => place([[tea, 1]], { overrides, headers }));
    expect(new Set(responses.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(await getUses(voucher)).toBe(1);
    const { body: order } = responses[0] as (typeof responses)[number];
    await race(10, () => change('cancelOrder', order));
    expect(await getUses(voucher)).toBe(0);
    expect((await place([[tea, 1]], { overrides })).status).toBe(201);
  });

  it('orders and cancellations with one voucher: its uses are the orders that are left', {
    timeout: 60_000,
  }, async () => {
    const { addProduct, addRule, place, change, getUses, stored } = await createShop();
    const tea = await addProduct({ stock: 100 });
    const voucher = await addRule(createVoucherInput({ code: 'FIVE', usesMax: 20 }));
    const first = await race(20, () => place([[tea, 1]], { overrides }));
    await Promise.all([
      race(20, (index) => change('cancelOrder', first[index]?.body)),
      race(30, () => place([[tea, 1]], { overrides })),
    ]);
    const left = (await stored('orders')).filter(({ status }) => status === 'placed').length;
    expect(await getUses(voucher)).toBe(left);
    expect(left).toBeLessThanOrEqual(20);
  });

  it('a rule that changes while orders are placed: no order has the earlier one after the change', {
    timeout: 60_000,
  }, async () => {
    const { addProduct, addRule, place, call, stored, getStock } = await createShop();
    const tea = await addProduct({ stock: 100, price: eur(1000) });
    const rule = await addRule();
    const effect = { kind: 'volume-discount', discount: { basisPoints: 5000 } } as const;
    const [orders, replaced] = await Promise.all([
      race(30, () => place([[tea, 1]])),
      call('replacePricingRule', { ...rule, body: createRuleInput({ effect }) }),
    ]);
    expect(replaced.status).toBe(200);
    const placed = orders.filter(({ status }) => status === 201);
    for (const { status, body } of orders) if (status !== 201) expect(body.code).toBe('prices-changed');
    for (const { body } of placed) expect([eur(900), eur(500)]).toContainEqual(body.total);
    expect((await place([[tea, 1]])).body.total).toEqual(eur(500));
    expect([(await stored('orders')).length, await getStock(tea)]).toEqual([placed.length + 1, 99 - placed.length]);
  });

  it('an order that is placed while rules change once is placed by the new ones, not refused', async () => {
    const { addProduct, addRule, place, call } = await createShop();
    const tea = await addProduct({ stock: 100, price: eur(1000) });
    const rule = await addRule();
    for (let count = 0; count < 5; count += 1) {
      const operation = count % 2 ? 'enablePricingRule' : 'disablePricingRule';
      const [order] = await Promise.all([place([[tea, 1]]), call(operation, { id: rule.id })]);
      expect(order.status).toBe(201);
    }
  });
});
