import { createContext } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createShop } from './test/shop.ts';
import { createFreeShippingInput, createRuleInput, createVoucherInput } from './testing/index.ts';

const prepare = async (body = createRuleInput()) => {
  const shop = createShop();
  const rule = await shop.createRule(body);
  const replace = (next: typeof body, version = 1) =>
    shop.run.replacePricingRule({ id: rule.id, version: [version], body: next });
  return { ...shop, rule, body, replace };
};

it('sets the fields of the body, removes the others, and emits pricing-rule-replaced', async () => {
  const { rule, createProduct, replace, storedRule, collectEvents } = await prepare();
  const { id } = await createProduct();
  const full = createRuleInput({
    ...createFreeShippingInput(),
    effect: rule.effect,
    productIds: [id],
    currency: 'USD',
  });
  const events = await collectEvents(async () =>
    expect(await replace(full)).toMatchObject({ ...full, id: rule.id, version: 2 }),
  );
  expect(events).toEqual([
    { name: 'orders.pricing-rule-replaced', aggregateId: rule.id, payload: { ruleId: rule.id } },
  ]);
  const bare = await replace(createRuleInput(), 2);
  expect(bare).toEqual({ ...rule, version: 3, updatedAt: bare.updatedAt });
  expect(storedRule(rule)).not.toHaveProperty('conditions');
});

it('changes nothing and emits nothing when the rule is stored already', async () => {
  const { rule, body, replace, expectUnchanged } = await prepare();
  await expectUnchanged(async () => expect(await replace(body)).toEqual(rule));
});

it('a voucher has another code and keeps its uses; orders with the earlier code are refused', async () => {
  const { rule, body, replace, createProduct, placeOrder, getUses, db } = await prepare(
    createVoucherInput({ code: 'OLD' }),
  );
  const tea = await createProduct();
  await placeOrder([[tea, 1]], { voucherCode: 'OLD' });
  const { effect } = createVoucherInput({ code: 'NEW', usesMax: 2 });
  await replace({ ...body, effect });
  expect(db.vouchers.all()).toMatchObject([{ code: 'NEW', uses: 1 }]);
  await expect(placeOrder([[tea, 1]], { voucherCode: 'OLD' })).rejects.toMatchObject({ code: 'voucher-unavailable' });
  await placeOrder([[tea, 1]], { voucherCode: 'NEW' });
  await expect(placeOrder([[tea, 1]], { voucherCode: 'NEW' })).rejects.toMatchObject({ code: 'voucher-used-up' });
  expect(getUses(rule)).toBe(2);
});

it('changes the set of active rules, and not for a rule that is disabled or a voucher', async () => {
  const { rule, replace, run, createRule, db } = await prepare();
  const getVersion = () => db.ruleSets.all()[0]?.version;
  await replace(createRuleInput({ name: 'Two' }));
  expect(db.ruleSets.all()).toMatchObject([{ activeRules: 1, version: 2 }]);
  await run.disablePricingRule(rule);
  await replace(createRuleInput({ name: 'Three' }), 3);
  expect(getVersion()).toBe(3);
  const body = createVoucherInput();
  const { id } = await createRule(body);
  await run.replacePricingRule({ id, version: [1], body: { ...body, name: 'Other' } });
  expect(getVersion()).toBe(3);
});

it('race: one of several replacements of the same version succeeds', async () => {
  const { rule, replace, run } = await prepare();
  const results = await Promise.allSettled(['A', 'B', 'C'].map((name) => replace(createRuleInput({ name }))));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await run.getPricingRule({ id: rule.id })).toMatchObject({ version: 2 });
});

it('integrity: refuses another kind, a stale version, an unknown product and a taken code', async () => {
  const { rule, replace, run, createRule, expectUnchanged } = await prepare();
  const taken = createVoucherInput();
  await createRule(taken);
  const voucher = await createRule(createVoucherInput());
  await expectUnchanged(async () => {
    await expect(replace(createFreeShippingInput())).rejects.toMatchObject({ code: 'rule-kind-fixed', status: 422 });
    await expect(replace(createRuleInput({ name: 'New' }), 2)).rejects.toMatchObject({ code: 'stale-version' });
    const productIds = [rule.id];
    await expect(replace(createRuleInput({ productIds }))).rejects.toMatchObject({ code: 'product-missing' });
    const input = { id: voucher.id, version: [1], body: taken };
    await expect(run.replacePricingRule(input)).rejects.toMatchObject({ code: 'voucher-code-taken' });
  });
});

it('boundary: another tenant’s rule does not exist', async () => {
  const { rule, body, run, expectUnchanged } = await prepare();
  const input = { id: rule.id, version: [1], body: { ...body, name: 'New' } };
  await expectUnchanged(() =>
    expect(run.replacePricingRule(input, createContext())).rejects.toMatchObject({ code: 'not-found' }),
  );
});
