import { classifiedFields } from '@plinth/contract-kit';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import {
  CreatePricingRule,
  ListPricingRulesQuery,
  PricingConditions,
  PricingEffect,
  PricingRule,
  PricingRulePage,
  ReplacePricingRule,
  VoucherCode,
  VoucherUses,
} from './index.ts';

const [rule] = PricingRule.meta()!['examples'] as [z.input<typeof PricingRule>];
const [uses] = VoucherUses.meta()!['examples'] as [z.input<typeof VoucherUses>];
const examples = CreatePricingRule.meta()!['examples'] as [z.input<typeof CreatePricingRule>];
const [created] = examples;

it.each<[string, z.ZodType, unknown]>([
  ['PricingRule', PricingRule, rule],
  ['PricingRulePage', PricingRulePage, { items: [rule], nextCursor: 'a.b' }],
  ['VoucherUses', VoucherUses, uses],
])('a response is the same after JSON: %s', (_, schema, sample) => {
  expect(schema.parse(JSON.parse(JSON.stringify(schema.encode(sample))))).toEqual(sample);
});

it('has no personal data', () => {
  expect([...classifiedFields([PricingRule, CreatePricingRule, VoucherUses])]).toEqual([]);
});

describe('a body', () => {
  it.each(examples)('accepts the example $name, and keeps the fields of its operation only', (example) => {
    const greedy = { ...example, status: 'disabled', uses: 7, tenantId: rule.id };
    expect(CreatePricingRule.parse(greedy)).toStrictEqual(example);
    expect(ReplacePricingRule.parse(greedy)).toStrictEqual(example);
  });

  it.each([
    { name: '' },
    { name: 'n'.repeat(201) },
    { currency: 'XYZ' },
    { currency: undefined },
    { productIds: [] },
    { productIds: Array.from({ length: 51 }, () => rule.id) },
    { effect: undefined },
  ])('refuses %j', (part) => expect(CreatePricingRule.safeParse({ ...created, ...part }).success).toBe(false));
});

it('an amount off is a share in basis points or a whole amount, and not both', () => {
  const parse = (discount: unknown) => PricingEffect.safeParse({ kind: 'volume-discount', discount }).success;
  for (const discount of [
    { basisPoints: 1 },
    { basisPoints: 10_000 },
    { amount: 1 },
    { amount: Number.MAX_SAFE_INTEGER },
  ])
    expect(parse(discount), JSON.stringify(discount)).toBe(true);
  for (const discount of [
    { basisPoints: 0 },
    { basisPoints: 10_001 },
    { basisPoints: 0.5 },
    { amount: 0 },
    { amount: -1 },
    { amount: 1.5 },
    { amount: 2 ** 53 },
    { amount: '1' },
    { basisPoints: 1, amount: 1 },
    { formula: 'subtotal * 2' },
    {},
  ])
    expect(parse(discount), JSON.stringify(discount)).toBe(false);
});

it.each([
  { kind: 'voucher', code: 'FIVE', usesMax: 0, discount: { amount: 1 } },
  { kind: 'voucher', code: 'FIVE', usesMax: 1_000_000_001, discount: { amount: 1 } },
  { kind: 'voucher', code: 'FIVE', discount: { amount: 1 } },
  { kind: 'free-shipping', discount: { amount: 1 } },
  { kind: 'volume-discount', discount: { amount: 1 }, code: 'FIVE' },
  { kind: 'other' },
])('refuses the effect %j', (effect) => expect(PricingEffect.safeParse(effect).success).toBe(false));

it('the code of a voucher ignores case', () => {
  expect(VoucherCode.parse('welcome-10')).toBe('WELCOME-10');
  for (const code of ['AB', '-AB', 'A B', 'Ä10', 'A'.repeat(33), '$ne', '']) {
    expect(VoucherCode.safeParse(code).success, code).toBe(false);
  }
});

const yes = { fact: 'quantity', operator: 'greaterThanInclusive', value: 1 };
const group = { any: [yes, { fact: 'country', operator: 'in', value: ['GB', 'FR'] }] };

describe('conditions', () => {
  it.each([{ all: [yes] }, { any: [yes, group] }, { all: Array(5).fill({ all: Array(5).fill(yes) }) }])(
    'accept %j',
    (conditions) => expect(PricingConditions.parse(conditions)).toStrictEqual(conditions),
  );

  it.each([
    ['nothing', {}],
    ['an empty group, which would always hold', { any: [] }],
    ['two groups together, one of which the engine ignores', { all: [yes], any: [yes] }],
    ['six items', { all: Array(6).fill(yes) }],
    ['six items in a group', { all: [{ any: Array(6).fill(yes) }] }],
    ['a third level', { all: [{ any: [group] }] }],
    ['a negation', { not: yes }],
    ['a single condition', yes],
    ['a reference to named conditions', { condition: 'other' }],
    ['a reference in a group', { all: [{ condition: 'other' }] }],
    ['an unknown fact', { all: [{ ...yes, fact: 'customerId' }] }],
    ['a fact of the prototype', { all: [{ ...yes, fact: 'constructor' }] }],
    ['an unknown operator', { all: [{ ...yes, operator: 'matches' }] }],
    ['a decorated operator', { all: [{ ...yes, operator: 'not:equal' }] }],
    ['an operator of arrays', { all: [{ ...yes, operator: 'contains' }] }],
    ['a JSON path', { all: [{ ...yes, path: '$..*' }] }],
    ['parameters of a fact', { all: [{ ...yes, params: { url: 'http://localhost' } }] }],
    ['a priority', { all: [{ ...yes, priority: 10 }] }],
    ['a priority of a group', { all: [yes], priority: 10 }],
    ['a name', { all: [yes], name: 'a' }],
    ['the value of another fact', { all: [{ ...yes, value: { fact: 'subtotal' } }] }],
    ['a fraction', { all: [{ ...yes, value: 0.5 }] }],
    ['a negative number', { all: [{ ...yes, value: -1 }] }],
    ['a number that is not exact', { all: [{ ...yes, value: 2 ** 53 }] }],
    ['a text for a number', { all: [{ ...yes, value: '1' }] }],
    ['a country for a number', { all: [{ fact: 'country', operator: 'equal', value: 1 }] }],
    ['no country', { all: [{ fact: 'country', operator: 'in', value: [] }] }],
    ['51 countries', { all: [{ fact: 'country', operator: 'in', value: Array(51).fill('GB') }] }],
    ['a text', 'quantity > 1'],
    ['null', null],
  ])('refuse %s', (_, conditions) => expect(PricingConditions.safeParse(conditions).success).toBe(false));

  it('refuse a prototype', () => {
    const json = '{ "all": [{ "fact": "quantity", "operator": "equal", "value": 1, "__proto__": { "path": "$" } }] }';
    expect(PricingConditions.safeParse(JSON.parse(json)).success).toBe(false);
  });
});

describe('a list of rules', () => {
  it.each([
    [{}, {}],
    [{ status: 'active' }, { status: 'active' }],
    [{ kind: 'voucher' }, { kind: 'voucher' }],
    [
      { kind: 'voucher', status: 'disabled' },
      { kind: 'voucher', status: 'disabled' },
    ],
  ])('accepts %j', (query, where) => {
    expect(ListPricingRulesQuery.parse(query as object)).toMatchObject({ where, sort: '-createdAt' });
  });

  it.each([{ status: 'gone' }, { kind: 'other' }, { sort: 'name' }, { code: 'FIVE' }])('refuses %j', (query) =>
    expect(ListPricingRulesQuery.safeParse(query).success).toBe(false),
  );
});
