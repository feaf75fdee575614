import { createVoucherInput } from '@plinth/actions/orders/testing';
import { describeRefusals, oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('disablePricingRule');

describeRefusals(service, 'disablePricingRule', {
  createTenant: createShop,
  createItem: ({ addRule }) => addRule(),
  perform: ({ call }, { id }, options) => call('disablePricingRule', { id }, options),
});

it('200: returns the rule with its new status', async () => {
  const { addRule, call } = await createShop();
  const rule = await addRule();
  const changed = await call('disablePricingRule', { id: rule.id });
  expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' } });
  expect(changed.body).toEqual({ ...rule, status: 'disabled', version: 2, updatedAt: changed.body.updatedAt });
  expect((await call('getPricingRule', rule)).text).toBe(changed.text);
});

it('race: one of twenty calls succeeds, the others learn why not, and the rule is counted once', async () => {
  const { addRule, call, stored } = await createShop();
  const rule = await addRule();
  const responses = await race(20, () => call('disablePricingRule', { id: rule.id }));
  expect(sortStatuses(responses)).toEqual(oneWinner(200, 409));
  const codes = responses.flatMap(({ body }) => body.code ?? []);
  expect(codes.filter((code) => code !== 'already-disabled' && code !== 'conflict')).toEqual([]);
  expect(await stored('ruleSets')).toMatchObject([{ activeRules: 0 }]);
});

it('race: a voucher that is disabled while it is used has no use more than orders', { timeout: 60_000 }, async () => {
  const { addRule, addProduct, place, call, getUses, stored } = await createShop();
  const voucher = await addRule(createVoucherInput({ code: 'FIVE', usesMax: 100 }));
  const tea = await addProduct({ stock: 100 });
  const [orders, disabled] = await Promise.all([
    race(20, () => place([[tea, 1]], { overrides: { voucherCode: 'FIVE' } })),
    call('disablePricingRule', { id: voucher.id }),
  ]);
  expect(disabled.status).toBe(200);
  const placed = orders.filter(({ status }) => status === 201);
  for (const { status, body } of orders) {
    if (status !== 201) expect(['prices-changed', 'voucher-unavailable']).toContain(body.code);
  }
  expect([await getUses(voucher), (await stored('orders')).length]).toEqual([placed.length, placed.length]);
  const refused = await place([[tea, 1]], { overrides: { voucherCode: 'FIVE' } });
  expect(refused).toMatchObject({ status: 409, body: { code: 'voucher-unavailable' } });
});
