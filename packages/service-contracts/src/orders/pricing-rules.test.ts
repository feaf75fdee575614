import { expect, it } from 'vitest';
import { ordersErrors } from './errors.ts';
import { pricingRulesEvents } from './events.ts';
import { ordersContract } from './orders.ts';
import { pricingRulesPermissions } from './permissions.ts';
import { pricingRulesContract } from './pricing-rules.ts';

const id = '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d';
const { routes } = pricingRulesContract;

it('lets those who sell view rules, and owners and admins change them', () => {
  expect(Object.entries(pricingRulesPermissions).map(([name, { roles }]) => [name, roles])).toEqual([
    ['pricing-rules:read', ['owner', 'admin', 'member', 'viewer']],
    ['pricing-rules:write', ['owner', 'admin']],
  ]);
});

it('requires the permission of each operation', () => {
  const [read, write] = [{ policy: 'pricing-rules:read' }, { policy: 'pricing-rules:write' }];
  expect(Object.fromEntries(Object.entries(routes).map(([operation, { auth }]) => [operation, auth]))).toEqual({
    createPricingRule: write,
    listPricingRules: read,
    getPricingRule: read,
    replacePricingRule: write,
    disablePricingRule: write,
    enablePricingRule: write,
    getVoucherUses: read,
  });
});

it('requires a key for a new rule, and accepts one where a repetition is refused anyway', () => {
  expect(routes.createPricingRule).not.toHaveProperty('idempotency');
  for (const route of [routes.disablePricingRule, routes.enablePricingRule]) expect(route.idempotency).toBe('optional');
});

it('declares every refusal of a voucher, and that prices may change, where an order is placed', () => {
  const { pricesChanged, voucherNotApplicable, voucherUnavailable, voucherUsedUp } = ordersErrors;
  const { errors } = ordersContract.routes.placeOrder;
  expect(errors).toEqual(
    expect.arrayContaining([pricesChanged, voucherNotApplicable, voucherUnavailable, voucherUsedUp]),
  );
});

it('has stable events, with ids and facts only', () => {
  const payloads = Object.values(pricingRulesEvents).map(({ name, aggregate, payload }) => {
    expect(aggregate).toBe('ruleId');
    return [name, payload.parse({ ruleId: id, name: 'Tea', code: 'FIVE' })];
  });
  expect(payloads).toEqual([
    ['orders.pricing-rule-created', { ruleId: id }],
    ['orders.pricing-rule-replaced', { ruleId: id }],
    ['orders.pricing-rule-disabled', { ruleId: id }],
    ['orders.pricing-rule-enabled', { ruleId: id }],
  ]);
});
