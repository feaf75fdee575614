import { CreatePricingRule } from '@plinth/dtos/orders';
import { activeRulesMax, type OrderDocument, type PricingRuleDocument } from '@plinth/models/orders';
import { createArbitrary, createId, getSeed } from '@plinth/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyRules, type PricedOrder } from './apply-rules.ts';
import { createFreeShippingInput, createRuleInput, createVoucherInput } from './testing/index.ts';

type Input = ReturnType<typeof createRuleInput>;

const eur = (amount: number) => ({ amount, currency: 'EUR' });

const toRule = (input: Input): PricingRuleDocument => {
  const time = new Date(0);
  const entity = { _id: createId(), tenantId: createId(), version: 1, createdAt: time, updatedAt: time };
  return { ...entity, status: 'active', kind: input.effect.kind, ...input };
};

const createLine = (price: number, quantity = 1): OrderDocument['lines'][number] => ({
  productId: createId(),
  sku: 'TEA',
  name: 'Tea',
  quantity,
  shipped: 0,
  price: eur(price),
  total: eur(price * quantity),
});

const createOrder = (lines: OrderDocument['lines'], shippingFee = 490): PricedOrder => ({
  lines,
  currency: 'EUR',
  country: 'GB',
  shippingFee,
});

/** Applies rules and returns what each takes off. */
const listAmounts = async (inputs: readonly Input[], order: PricedOrder): Promise<number[]> =>
  (await applyRules(inputs.map(toRule), order)).appliedRules.map(({ amount }) => amount.amount);

describe('a condition', () => {
  const order = createOrder([createLine(100, 3), createLine(200)]);

  it.each([
    ['quantity', 'equal', 4, true],
    ['quantity', 'equal', 3, false],
    ['quantity', 'notEqual', 4, false],
    ['quantity', 'greaterThan', 4, false],
    ['quantity', 'greaterThanInclusive', 4, true],
    ['quantity', 'lessThan', 4, false],
    ['quantity', 'lessThanInclusive', 4, true],
    ['subtotal', 'greaterThanInclusive', 500, true],
    ['subtotal', 'greaterThanInclusive', 501, false],
    ['country', 'in', ['FR', 'GB'], true],
    ['country', 'in', ['FR'], false],
    ['country', 'notIn', ['FR'], true],
    ['country', 'notIn', ['GB'], false],
  ] as const)('%s %s %j', async (fact, operator, value, holds) => {
    const conditions = { all: [{ fact, operator, value }] } as Input['conditions'];
    expect(await listAmounts([createRuleInput({ conditions })], order)).toEqual(holds ? [50] : []);
  });

  it('is combined with others in groups', async () => {
    const yes = { fact: 'quantity', operator: 'equal', value: 4 } as const;
    const no = { fact: 'quantity', operator: 'equal', value: 5 } as const;
    const combined: [Input['conditions'], boolean][] = [
      [{ all: [yes, no] }, false],
      [{ any: [yes, no] }, true],
      [{ any: [no, no] }, false],
      [{ all: [yes, { any: [no, yes] }] }, true],
      [{ all: [yes, { all: [no, yes] }] }, false],
      [{ any: [no, { all: [yes, yes] }] }, true],
    ];
    for (const [conditions, holds] of combined) {
      expect(await listAmounts([createRuleInput({ conditions })], order)).toHaveLength(holds ? 1 : 0);
    }
  });

  it('counts the lines of the rule only, and no line is no discount', async () => {
    const [tea, cake] = [createLine(100, 10), createLine(1000, 2)];
    const ofTen: Partial<Input> = { conditions: { all: [{ fact: 'quantity', operator: 'equal', value: 10 }] } };
    const ofTea = createRuleInput({ ...ofTen, productIds: [tea.productId] });
    const ofCake = createRuleInput({ ...ofTen, productIds: [cake.productId] });
    const ofOther = createRuleInput({ productIds: [createId()] });
    expect(await listAmounts([ofTea, ofCake, ofOther], createOrder([tea, cake]))).toEqual([100]);
  });
});

describe('rules', () => {
  it('of another currency do not apply', async () => {
    const inputs = [createRuleInput(), createVoucherInput(), createFreeShippingInput({ conditions: undefined })];
    const order = createOrder([createLine(1000)]);
    expect(await listAmounts(inputs, order)).toEqual([100, 500, 490]);
    expect(
      await listAmounts(
        inputs.map((input) => ({ ...input, currency: 'USD' })),
        order,
      ),
    ).toEqual([]);
  });

  it('round shares down, in the order in which they apply, from the prices before discounts', async () => {
    const third = createRuleInput({ effect: { kind: 'volume-discount', discount: { basisPoints: 3333 } } });
    expect(await listAmounts([third, third, third], createOrder([createLine(100)]))).toEqual([33, 33, 33]);
    const least = createRuleInput({ effect: { kind: 'volume-discount', discount: { basisPoints: 1 } } });
    expect(await listAmounts([least], createOrder([createLine(9999)]))).toEqual([]);
    expect(await listAmounts([least], createOrder([createLine(10_000)]))).toEqual([1]);
  });

  it('take off what is left of the subtotal at most, and a rule that takes nothing off is not listed', async () => {
    const most = createRuleInput({ effect: { kind: 'volume-discount', discount: { basisPoints: 6000 } } });
    const order = createOrder([createLine(1000)]);
    expect(await listAmounts([most, createVoucherInput(), most], order)).toEqual([600, 400]);
    expect(await applyRules([toRule(most), toRule(most)], order)).toMatchObject({ discountedAmount: 0 });
  });

  it('make shipping free once, and change nothing without a fee', async () => {
    const free = createFreeShippingInput();
    const dear = createOrder([createLine(5000)]);
    expect(await applyRules([toRule(free), toRule(free)], dear)).toMatchObject({
      shippingAmount: 0,
      appliedRules: [{ name: 'Free shipping', kind: 'free-shipping', amount: eur(490) }],
    });
    expect(await listAmounts([free], createOrder([createLine(5000)], 0))).toEqual([]);
    expect(await applyRules([toRule(free)], createOrder([createLine(4999)]))).toMatchObject({ shippingAmount: 490 });
  });
});

describe('boundary', () => {
  it('computes a share of 2^53 - 1 exactly', async () => {
    const most = createRuleInput({ effect: { kind: 'volume-discount', discount: { basisPoints: 9999 } } });
    const largest = createOrder([createLine(Number.MAX_SAFE_INTEGER)]);
    expect(await listAmounts([most], largest)).toEqual([Number((BigInt(Number.MAX_SAFE_INTEGER) * 9999n) / 10_000n)]);
  });

  it('evaluates the most and largest rules that an organization can have in less than half a second', {
    retry: 3,
  }, async () => {
    const condition = { fact: 'quantity', operator: 'greaterThanInclusive', value: 1 } as const;
    const group = { all: Array(5).fill(condition) as (typeof condition)[] };
    const rule = toRule(createRuleInput({ conditions: { all: Array(5).fill(group) as (typeof group)[] } }));
    const start = performance.now();
    const { appliedRules } = await applyRules(Array(activeRulesMax + 1).fill(rule), createOrder([createLine(1000)]));
    expect(performance.now() - start).toBeLessThan(500);
    expect(appliedRules).toHaveLength(10);
  });
});

const price = fc.oneof(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: 2 ** 50 }));
const lines = fc.array(
  price.map((amount) => createLine(amount)),
  { minLength: 1, maxLength: 4 },
);
const inputs = fc.array(createArbitrary(CreatePricingRule), { maxLength: 6 });

it('property: amounts are whole and add up, no discount exceeds the subtotal, and shares are rounded down', async () => {
  const property = fc.asyncProperty(lines, inputs, price, async (orderLines, random, fee) => {
    const rules = random.map((input) => toRule({ ...(input as Input), currency: 'EUR', productIds: undefined }));
    const { appliedRules, discountedAmount, shippingAmount } = await applyRules(rules, createOrder(orderLines, fee));
    const subtotal = orderLines.reduce((total, line) => total + line.total.amount, 0);
    const sumOf = (isWanted: (kind: string) => boolean): number =>
      appliedRules.reduce((total, { kind, amount }) => total + (isWanted(kind) ? amount.amount : 0), 0);
    expect(discountedAmount + sumOf((kind) => kind !== 'free-shipping')).toBe(subtotal);
    expect(shippingAmount + sumOf((kind) => kind === 'free-shipping')).toBe(fee);
    expect(Math.min(discountedAmount, shippingAmount)).toBeGreaterThanOrEqual(0);
    for (const { ruleId, amount } of appliedRules) {
      expect(Number.isSafeInteger(amount.amount) && amount.amount > 0).toBe(true);
      const effect = rules.find(({ _id }) => _id === ruleId)?.effect;
      if (!effect || effect.kind === 'free-shipping') continue;
      const { discount } = effect;
      if ('amount' in discount) expect(amount.amount).toBeLessThanOrEqual(discount.amount);
      else expect(BigInt(amount.amount) * 10_000n).toBeLessThanOrEqual(BigInt(subtotal) * BigInt(discount.basisPoints));
    }
  });
  await fc.assert(property, { seed: getSeed(), numRuns: 300 });
});
