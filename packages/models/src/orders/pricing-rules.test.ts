import { classifiedFields } from '@plinth/contract-kit';
import { planList, toStoredWhere } from '@plinth/data-kit';
import { ListPricingRulesQuery, PricingRule } from '@plinth/dtos/orders';
import { describe, expect, it } from 'vitest';
import { type PricingRuleDocument, pricingRules, toPricingRule } from './pricing-rule.ts';
import { ruleSets } from './rule-set.ts';
import { vouchers } from './voucher.ts';

const id = '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d';
const time = new Date('2026-01-31T09:30:00.000Z');
const entity = { _id: id, tenantId: id, version: 3, createdAt: time, updatedAt: time };
const rule: PricingRuleDocument = {
  ...entity,
  status: 'active',
  kind: 'voucher',
  name: 'Five euros',
  currency: 'EUR',
  productIds: [id],
  conditions: { all: [{ fact: 'quantity', operator: 'equal', value: 1 }] },
  effect: { kind: 'voucher', code: 'FIVE', usesMax: 2, discount: { amount: 500 } },
};
const voucher = { ...entity, ruleId: id, code: 'FIVE', uses: 0 };

it('the mapper returns the fields of the DTO, and nothing else', () => {
  const dto = toPricingRule({ ...rule, margin: 1 } as PricingRuleDocument);
  expect(PricingRule.strict().parse(dto)).toStrictEqual(dto);
  const { productIds: _, conditions: __, ...bare } = rule;
  expect(PricingRule.strict().parse(toPricingRule(bare))).not.toHaveProperty('conditions');
});

describe('a stored document', () => {
  it.each([{ status: 'gone' }, { kind: 'other' }, { effect: {} }, { conditions: { all: [] } }, { productIds: [] }])(
    'of a rule is invalid with %j',
    (part) => {
      expect(pricingRules.schema.safeParse(rule).success).toBe(true);
      expect(pricingRules.schema.safeParse({ ...rule, ...part }).success).toBe(false);
    },
  );

  it('of a voucher or a set is invalid with a negative number', () => {
    expect(vouchers.schema.safeParse(voucher).success).toBe(true);
    expect(vouchers.schema.safeParse({ ...voucher, uses: -1 }).success).toBe(false);
    const set = { ...entity, scope: 'tenant', activeRules: 0 };
    expect(ruleSets.schema.safeParse(set).success).toBe(true);
    expect(ruleSets.schema.safeParse({ ...set, activeRules: -1 }).success).toBe(false);
  });

  it('has no personal data', () => {
    expect([...classifiedFields([pricingRules.schema, vouchers.schema, ruleSets.schema])]).toEqual([]);
  });
});

it('the indexes serve every list of rules, that of an order, and removals of products', () => {
  const filters = [{}, { status: 'active' }, { kind: 'voucher' }, { kind: 'voucher', status: 'active' }];
  const planned = filters.map((filter) => {
    const { where, sort } = ListPricingRulesQuery.parse(filter as object);
    return planList(pricingRules, { where: toStoredWhere(pricingRules, where), sort }).index;
  });
  const active = { kind: { $in: ['volume-discount', 'free-shipping'] }, status: 'active' };
  expect(planList(pricingRules, { where: active, sort: 'createdAt' }).index).toBe('newestOfKindAndStatus');
  expect(new Set([...planned, 'reference-productIds'])).toEqual(new Set(Object.keys(pricingRules.indexes)));
});
