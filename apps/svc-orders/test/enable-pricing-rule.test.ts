import { createRuleInput } from '@plinth/actions/orders/testing';
import { describeRefusals, oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('enablePricingRule');

describeRefusals(service, 'enablePricingRule', {
  createTenant: createShop,
  createItem: async ({ addRule, call }) => (await call('disablePricingRule', await addRule())).body,
  perform: ({ call }, { id }, options) => call('enablePricingRule', { id }, options),
});

it('200: returns the rule with its new status', async () => {
  const { addRule, call } = await createShop();
  const rule = (await call('disablePricingRule', await addRule())).body;
  const changed = await call('enablePricingRule', { id: rule.id });
  expect(changed).toMatchObject({ status: 200, headers: { etag: '"3"' } });
  expect(changed.body).toEqual({ ...rule, status: 'active', version: 3, updatedAt: changed.body.updatedAt });
  expect((await call('getPricingRule', rule)).text).toBe(changed.text);
});

it('race: one of twenty calls succeeds, the others learn why not, and the rule is counted once', async () => {
  const { addRule, call, stored } = await createShop();
  const rule = (await call('disablePricingRule', await addRule())).body;
  const responses = await race(20, () => call('enablePricingRule', { id: rule.id }));
  expect(sortStatuses(responses)).toEqual(oneWinner(200, 409));
  const codes = responses.flatMap(({ body }) => body.code ?? []);
  expect(codes.filter((code) => code !== 'not-disabled' && code !== 'conflict')).toEqual([]);
  expect(await stored('ruleSets')).toMatchObject([{ activeRules: 1 }]);
});

it('boundary: 409 when twenty other rules apply by themselves', async () => {
  const { addRule, call } = await createShop();
  const rule = (await call('disablePricingRule', await addRule())).body;
  for (let count = 0; count < 20; count += 1) await addRule(createRuleInput());
  const refused = await call('enablePricingRule', { id: rule.id });
  expect(refused).toMatchObject({ status: 409, body: { code: 'too-many-rules' } });
});
