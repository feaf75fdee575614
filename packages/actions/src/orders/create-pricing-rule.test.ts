import { activeRulesMax } from '@plinth/models/orders';
import { createContext, createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createShop } from './test/shop.ts';
import { createFreeShippingInput, createRuleInput, createVoucherInput } from './testing/index.ts';

it.each([
  ['volume-discount', createRuleInput()],
  ['voucher', createVoucherInput()],
  ['free-shipping', createFreeShippingInput()],
] as const)('stores an active rule of the kind %s, and emits pricing-rule-created', async (kind, body) => {
  const { createRule, storedRule, collectEvents, db } = createShop();
  const events = await collectEvents(async () => {
    expect(await createRule(body)).toMatchObject({ ...body, status: 'active', version: 1 });
  });
  const [rule] = db.pricingRules.all();
  const ruleId = rule?._id ?? '';
  expect(storedRule({ id: ruleId })).toMatchObject({ ...body, kind, status: 'active' });
  expect(events).toEqual([{ name: 'orders.pricing-rule-created', aggregateId: ruleId, payload: { ruleId } }]);
});

it('counts the rules that apply by themselves, and the uses of a voucher', async () => {
  const { createRule, db } = createShop();
  await createRule();
  await createRule(createFreeShippingInput());
  const voucher = await createRule(createVoucherInput({ code: 'FIVE' }));
  expect(db.ruleSets.all()).toMatchObject([{ activeRules: 2, version: 2 }]);
  expect(db.vouchers.all()).toMatchObject([{ ruleId: voucher.id, code: 'FIVE', uses: 0 }]);
});

it('race: the first two rules of an organization are created one after the other', async () => {
  const { createRule, db } = createShop();
  const results = await Promise.allSettled([createRule(), createRule()]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(results[1]).toMatchObject({ reason: { code: 'conflict' } });
  expect([db.pricingRules.all().length, db.ruleSets.all()]).toMatchObject([1, [{ activeRules: 1 }]]);
});

it('race: one of several vouchers with the same code is created', async () => {
  const { createRule, db } = createShop();
  const results = await Promise.allSettled([1, 2, 3].map(() => createRule(createVoucherInput({ code: 'FIVE' }))));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(results.at(-1)).toMatchObject({ reason: { code: 'voucher-code-taken' } });
  expect([db.pricingRules.all().length, db.vouchers.all().length]).toEqual([1, 1]);
});

it(`boundary: ${activeRulesMax} rules apply by themselves, and any number of vouchers`, async () => {
  const { createRule, expectUnchanged } = createShop();
  for (let count = 0; count < activeRulesMax; count += 1) await createRule();
  const refusal = { code: 'too-many-rules', status: 409 };
  await expectUnchanged(() => expect(createRule()).rejects.toMatchObject(refusal));
  await createRule(createVoucherInput());
});

it('integrity: refuses a product that does not exist or is another tenant’s', async () => {
  const { run, createProduct, createRule, expectUnchanged } = createShop();
  const { id } = await createProduct();
  const body = createRuleInput({ productIds: [id] });
  expect(await createRule(body)).toMatchObject(body);
  await expectUnchanged(async () => {
    const productIds = [id, createId()];
    await expect(createRule(createRuleInput({ productIds }))).rejects.toMatchObject({ code: 'product-missing' });
    await expect(run.createPricingRule({ body }, createContext())).rejects.toMatchObject({ code: 'product-missing' });
  });
});
