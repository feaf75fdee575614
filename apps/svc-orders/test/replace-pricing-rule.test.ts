import { createFreeShippingInput, createRuleInput, createVoucherInput } from '@plinth/actions/orders/testing';
import { describeRefusals, oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { useOrders } from './shop.ts';

// The set of rules and the voucher of a stored rule always exist.
const unreachable = ['replacePricingRule 409 conflict'];
const { service, createShop } = useOrders('replacePricingRule', { unreachable });

describeRefusals(service, 'replacePricingRule', {
  createTenant: createShop,
  createItem: ({ addRule }) => addRule(),
  perform: ({ call }, { id, version }, options) =>
    call('replacePricingRule', { id, version, body: createRuleInput({ name: 'New' }) }, options),
});

it('200: returns the rule as the body says, without the fields that it leaves out', async () => {
  const { addRule, call } = await createShop();
  const { conditions } = createFreeShippingInput();
  const rule = await addRule(createRuleInput({ conditions }));
  const body = createRuleInput({ name: 'New', currency: 'USD' });
  const replaced = await call('replacePricingRule', { ...rule, body });
  expect(replaced).toMatchObject({ status: 200, headers: { etag: '"2"' } });
  const { conditions: _, ...expected } = { ...rule, ...body, version: 2, updatedAt: replaced.body.updatedAt };
  expect(replaced.body).toEqual(expected);
  expect((await call('getPricingRule', rule)).text).toBe(replaced.text);
});

it('200: keeps the version of the rule that is stored already', async () => {
  const { addRule, call } = await createShop();
  const rule = await addRule();
  const unchanged = await call('replacePricingRule', { ...rule, body: createRuleInput() });
  expect(unchanged).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: rule });
});

it.each([
  [{ name: undefined }, '/name'],
  [{ effect: {} }, '/effect'],
  [{ conditions: { not: {} } }, '/conditions'],
])('400: refuses %j', async (part, pointer) => {
  const { addRule, call } = await createShop();
  const response = await call('replacePricingRule', { ...(await addRule()), body: { ...createRuleInput(), ...part } });
  expect(response.status).toBe(400);
  expect(response.body.errors[0].pointer).toMatch(new RegExp(`^${pointer}`));
});

it('409 and 422: refuses a taken code, another kind and unknown products, and changes nothing', async () => {
  const { addRule, call, stored } = await createShop();
  const taken = createVoucherInput();
  const [rule, voucher] = [await addRule(), await addRule(createVoucherInput())];
  await addRule(taken);
  const before = await stored();
  const replace = (target: object, body: object) => call('replacePricingRule', { ...target, body });
  expect(await replace(voucher, taken)).toMatchObject({ status: 409, body: { code: 'voucher-code-taken' } });
  expect(await replace(rule, createFreeShippingInput())).toMatchObject({
    status: 422,
    body: { code: 'rule-kind-fixed' },
  });
  const unknown = createRuleInput({ productIds: [createId()] });
  expect(await replace(rule, unknown)).toMatchObject({ status: 422, body: { code: 'product-missing' } });
  expect(await stored()).toEqual(before);
});

it('race: one of twenty replacements of the same version succeeds', async () => {
  const { addRule, call } = await createShop();
  const rule = await addRule();
  const responses = await race(20, (index) =>
    call('replacePricingRule', { ...rule, body: createRuleInput({ name: `Name ${index}` }) }),
  );
  expect(sortStatuses(responses)).toEqual(oneWinner(200, 412));
  const winner = responses.find(({ status }) => status === 200)?.body;
  expect((await call('getPricingRule', rule)).body).toEqual(winner);
});

it('race: a voucher is replaced while it is used, and keeps each use', { timeout: 60_000 }, async () => {
  const { addRule, addProduct, place, call, getUses, stored } = await createShop();
  const body = createVoucherInput({ code: 'FIVE', usesMax: 100 });
  const [voucher, tea] = [await addRule(body), await addProduct({ stock: 100 })];
  const [orders, replaced] = await Promise.all([
    race(20, () => place([[tea, 1]], { overrides: { voucherCode: 'FIVE' } })),
    call('replacePricingRule', { ...voucher, body: { ...body, name: 'Other' } }),
  ]);
  expect(replaced.status).toBe(200);
  const placed = orders.filter(({ status }) => status === 201);
  for (const { status, body: problem } of orders) if (status !== 201) expect(problem.code).toBe('prices-changed');
  expect([await getUses(voucher), (await stored('orders')).length]).toEqual([placed.length, placed.length]);
});
