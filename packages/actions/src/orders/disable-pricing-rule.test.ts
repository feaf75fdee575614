import { activeRulesMax } from '@plinth/models/orders';
import { createContext } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { createShop } from './test/shop.ts';
import { createVoucherInput } from './testing/index.ts';

const prepare = async () => {
  const shop = createShop();
  const rule = await shop.createRule();
  return {
    ...shop,
    rule,
    disable: () => shop.run.disablePricingRule(rule),
    enable: () => shop.run.enablePricingRule(rule),
  };
};

it('changes the status and nothing else, takes the rule from the set, and emits pricing-rule-disabled', async () => {
  const { rule, disable, storedRule, collectEvents, db } = await prepare();
  const before = storedRule(rule);
  const events = await collectEvents(async () =>
    expect(await disable()).toMatchObject({ status: 'disabled', version: 2 }),
  );
  expect(storedRule(rule)).toEqual({ ...before, status: 'disabled', version: 2 });
  expect(db.ruleSets.all()).toMatchObject([{ activeRules: 0, version: 2 }]);
  const payload = { ruleId: rule.id };
  expect(events).toEqual([{ name: 'orders.pricing-rule-disabled', aggregateId: rule.id, payload }]);
});

it('a voucher is disabled and enabled without the set, and keeps its uses', async () => {
  const { run, createRule, createProduct, placeOrder, getUses, db } = createShop();
  const voucher = await createRule(createVoucherInput({ code: 'FIVE' }));
  const tea = await createProduct();
  await placeOrder([[tea, 1]], { voucherCode: 'FIVE' });
  await run.disablePricingRule(voucher);
  await run.enablePricingRule(voucher);
  await placeOrder([[tea, 1]], { voucherCode: 'FIVE' });
  expect([getUses(voucher), db.ruleSets.all()]).toEqual([2, []]);
});

it('race: one of several calls succeeds', async () => {
  const { rule, disable, run, db } = await prepare();
  const results = await Promise.allSettled([1, 2, 3].map(disable));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await run.getPricingRule(rule)).toMatchObject({ version: 2 });
  expect(db.ruleSets.all()).toMatchObject([{ activeRules: 0 }]);
});

it('integrity: a second call is refused and changes nothing', async () => {
  const { disable, enable, expectUnchanged } = await prepare();
  await expectUnchanged(() => expect(enable()).rejects.toMatchObject({ code: 'not-disabled' }));
  await disable();
  await expectUnchanged(() => expect(disable()).rejects.toMatchObject({ code: 'already-disabled' }));
});

it('boundary: another tenant’s rule does not exist', async () => {
  const { rule, run, expectUnchanged } = await prepare();
  const outsider = createContext();
  await expectUnchanged(async () => {
    await expect(run.disablePricingRule(rule, outsider)).rejects.toMatchObject({ code: 'not-found' });
    await expect(run.enablePricingRule(rule, outsider)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('enabling', () => {
  it('changes the status and nothing else, adds the rule to the set, and emits pricing-rule-enabled', async () => {
    const { rule, disable, enable, storedRule, collectEvents, db } = await prepare();
    const before = storedRule(rule);
    await disable();
    const events = await collectEvents(enable);
    expect(storedRule(rule)).toEqual({ ...before, version: 3 });
    expect(db.ruleSets.all()).toMatchObject([{ activeRules: 1, version: 3 }]);
    const payload = { ruleId: rule.id };
    expect(events).toEqual([{ name: 'orders.pricing-rule-enabled', aggregateId: rule.id, payload }]);
  });

  it('race: one of several calls succeeds', async () => {
    const { disable, enable, db } = await prepare();
    await disable();
    const results = await Promise.allSettled([1, 2, 3].map(enable));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(db.ruleSets.all()).toMatchObject([{ activeRules: 1 }]);
  });

  it('boundary: is refused when as many rules are active as allowed', async () => {
    const { disable, enable, createRule, expectUnchanged } = await prepare();
    await disable();
    for (let count = 0; count < activeRulesMax; count += 1) await createRule();
    await expectUnchanged(() => expect(enable()).rejects.toMatchObject({ code: 'too-many-rules' }));
  });
});
