import { createContext } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { createShop, type Shop } from './test/shop.ts';
import { createFreeShippingInput, createRuleInput, createVoucherInput } from './testing/index.ts';

const eur = (amount: number) => ({ amount, currency: 'EUR' });

/** Creates a shop with a voucher of 5 euros for two uses, and a product for 10 euros. */
const prepareVoucher = async (effect: Parameters<typeof createVoucherInput>[0] = {}) => {
  const shop = createShop();
  const tea = await shop.createProduct({ price: eur(1000), stock: 100 });
  const body = createVoucherInput(effect);
  const voucher = await shop.createRule(body);
  const { code: voucherCode } = body.effect as { code: string };
  return { ...shop, shop, tea, voucher, order: () => shop.placeOrder([[tea, 1]], { voucherCode }), voucherCode };
};

it('subtracts volume discounts, then the voucher, then the shipping fee, and lists the rules', async () => {
  const { createProduct, createRule, placeOrder, storedOrder } = createShop();
  const tea = await createProduct({ price: eur(1000) });
  const free = await createRule(createFreeShippingInput());
  const voucher = await createRule(createVoucherInput({ code: 'FIVE' }));
  const [first, second] = [await createRule(createRuleInput({ name: 'First' })), await createRule()];
  const order = await placeOrder([[tea, 10]], { voucherCode: 'FIVE', shippingFee: eur(490) });
  expect(order).toMatchObject({
    subtotal: eur(10_000),
    discount: eur(2500),
    shipping: eur(0),
    total: eur(7500),
    appliedRules: [
      { ruleId: first.id, name: 'First', kind: 'volume-discount', amount: eur(1000) },
      { ruleId: second.id, name: 'Ten percent off', kind: 'volume-discount', amount: eur(1000) },
      { ruleId: voucher.id, name: 'Voucher', kind: 'voucher', amount: eur(500) },
      { ruleId: free.id, name: 'Free shipping', kind: 'free-shipping', amount: eur(490) },
    ],
  });
  expect(storedOrder(order)).toMatchObject({ totalAmount: 7500, discountAmount: 2500, shippingAmount: 0 });
});

it('adds the shipping fee where no rule makes it free', async () => {
  const { createProduct, createRule, placeOrder } = createShop();
  const tea = await createProduct({ price: eur(1000) });
  await createRule(createFreeShippingInput());
  const order = await placeOrder([[tea, 1]], { shippingFee: eur(490) });
  expect(order).toMatchObject({ discount: eur(0), shipping: eur(490), total: eur(1490), appliedRules: [] });
});

it('is paid and refunded by the total after discounts', async () => {
  const shop = createShop();
  await shop.createRule();
  const { order } = await shop.orderOne(4);
  expect(await shop.pay(order)).toMatchObject({ total: eur(4500), paid: eur(4500) });
  await expect(shop.refund(order, 4501)).rejects.toMatchObject({ code: 'refund-too-large' });
  expect(await shop.refund(order)).toMatchObject({ status: 'refunded', refunded: eur(4500) });
});

it('keeps what its rules took off when they change later', async () => {
  const { run, get, createRule, orderOne } = createShop();
  const rule = await createRule();
  const { order } = await orderOne();
  await run.replacePricingRule({ id: rule.id, version: [1], body: createRuleInput({ name: 'Other' }) });
  await run.disablePricingRule(rule);
  expect(await get(order)).toEqual(order);
  expect((await orderOne()).order).toMatchObject({ appliedRules: [] });
});

describe('race', () => {
  type Rule = Awaited<ReturnType<Shop['createRule']>>;
  type RuleChange = readonly [string, (shop: Shop, rule: Rule, disabled: Rule) => Promise<unknown>];
  const changes: readonly RuleChange[] = [
    ['is disabled', ({ run }, rule) => run.disablePricingRule(rule)],
    [
      'is replaced',
      ({ run }, { id, effect }) =>
        run.replacePricingRule({ id, version: [1], body: createRuleInput({ effect, name: 'Other' }) }),
    ],
  ];
  const additions: readonly RuleChange[] = [
    ['is joined by another one', ({ createRule }) => createRule()],
    ['is joined by one that is enabled', ({ run }, _, disabled) => run.enablePricingRule(disabled)],
  ];

  it.each([...changes, ...additions])('is not placed by earlier rules when a rule %s meanwhile', async (_, change) => {
    const shop = createShop();
    const [rule, disabled] = [await shop.createRule(), await shop.createRule()];
    await shop.run.disablePricingRule(disabled);
    const tea = await shop.createProduct();
    const changing = change(shop, rule, disabled);
    await expect(shop.placeOrder([[tea, 1]])).rejects.toMatchObject({ code: 'prices-changed', status: 409 });
    await changing;
    expect([shop.getStock(tea), shop.db.orders.all()]).toEqual([40, []]);
  });

  it.each(changes)('is not placed with a voucher whose rule %s meanwhile, and takes no use', async (_, change) => {
    const { shop, voucher, order, getUses, db } = await prepareVoucher();
    const changing = change(shop, voucher, voucher);
    await expect(order()).rejects.toMatchObject({ code: 'prices-changed' });
    await changing;
    expect([getUses(voucher), db.orders.all()]).toEqual([0, []]);
  });

  it('a voucher is used exactly as often as it allows', async () => {
    const { voucher, order, getUses, getStock, tea, db } = await prepareVoucher({ usesMax: 3 });
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, order));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'voucher-used-up', status: 409 });
    }
    expect([getUses(voucher), getStock(tea), db.orders.all().length]).toEqual([3, 97, 3]);
  });
});

describe('integrity', () => {
  it('an order that is refused takes no use of its voucher, and no item', async () => {
    const { tea, placeOrder, voucherCode, createProduct, expectUnchanged } = await prepareVoucher();
    const none = await createProduct({ stock: 0 });
    await expectUnchanged(() =>
      expect(
        placeOrder(
          [
            [tea, 1],
            [none, 1],
          ],
          { voucherCode },
        ),
      ).rejects.toMatchObject({ code: 'out-of-stock' }),
    );
  });

  it('refuses a voucher that is unknown, disabled, used up, or another tenant’s', async () => {
    const { run, tea, placeOrder, voucher, voucherCode, order, expectUnchanged } = await prepareVoucher({ usesMax: 1 });
    const outsider = createContext();
    const unavailable = { code: 'voucher-unavailable', status: 409 };
    await run.createPricingRule({ body: createVoucherInput({ code: 'THEIRS' }) }, outsider);
    await expectUnchanged(async () => {
      for (const code of ['UNKNOWN', 'THEIRS'])
        await expect(placeOrder([[tea, 1]], { voucherCode: code })).rejects.toMatchObject(unavailable);
    });
    await order();
    await expectUnchanged(() => expect(order()).rejects.toMatchObject({ code: 'voucher-used-up' }));
    await run.disablePricingRule(voucher);
    await expect(placeOrder([[tea, 1]], { voucherCode })).rejects.toMatchObject(unavailable);
  });

  it('refuses a voucher that takes nothing off, and takes no use', async () => {
    const { createProduct, createRule, placeOrder, expectUnchanged } = createShop();
    const tea = await createProduct({ price: eur(1000) });
    const conditions = { all: [{ fact: 'subtotal' as const, operator: 'greaterThan' as const, value: 1000 }] };
    const bodies = [
      createVoucherInput({ code: 'CURRENCY' }, { currency: 'USD' }),
      createVoucherInput({ code: 'CONDITIONS' }, { conditions }),
      createVoucherInput({ code: 'SHARE', discount: { basisPoints: 9 } }),
    ];
    for (const body of bodies) await createRule(body);
    await expectUnchanged(async () => {
      for (const voucherCode of ['CURRENCY', 'CONDITIONS', 'SHARE'])
        await expect(placeOrder([[tea, 1]], { voucherCode })).rejects.toMatchObject({ code: 'voucher-not-applicable' });
    });
  });

  it('another tenant’s rules do not apply', async () => {
    const { run, orderOne } = createShop();
    await run.createPricingRule({ body: createRuleInput() }, createContext());
    expect((await orderOne()).order).toMatchObject({ appliedRules: [] });
  });
});

describe('boundary', () => {
  it('refuses a shipping fee in another currency', async () => {
    const { createProduct, placeOrder, expectUnchanged } = createShop();
    const tea = await createProduct();
    const mixed = { code: 'currency-mismatch', data: { currencies: ['EUR', 'USD'] } };
    await expectUnchanged(() =>
      expect(placeOrder([[tea, 1]], { shippingFee: { amount: 1, currency: 'USD' } })).rejects.toMatchObject(mixed),
    );
  });

  it('adds a fee up to 2^53 - 1, and refuses a larger total', async () => {
    const { createProduct, createRule, placeOrder, expectUnchanged } = createShop();
    const dear = await createProduct({ price: eur(Number.MAX_SAFE_INTEGER) });
    const cheap = await createProduct({ price: eur(1) });
    const order = await placeOrder([[cheap, 1]], { shippingFee: eur(Number.MAX_SAFE_INTEGER - 1) });
    expect(order).toMatchObject({ subtotal: eur(1), total: eur(Number.MAX_SAFE_INTEGER) });
    await expectUnchanged(() =>
      expect(placeOrder([[dear, 1]], { shippingFee: eur(1) })).rejects.toMatchObject({ code: 'amount-too-large' }),
    );
    await createRule(createRuleInput({ effect: { kind: 'volume-discount', discount: { amount: 1 } } }));
    expect(await placeOrder([[dear, 1]], { shippingFee: eur(1) })).toMatchObject({
      subtotal: eur(Number.MAX_SAFE_INTEGER),
      discount: eur(1),
      shipping: eur(1),
      total: eur(Number.MAX_SAFE_INTEGER),
    });
  });

  it('costs nothing when all is taken off, and is paid and refunded as such', async () => {
    const shop = createShop();
    await shop.createRule(createRuleInput({ effect: { kind: 'volume-discount', discount: { basisPoints: 10_000 } } }));
    const { order } = await shop.orderOne();
    expect(order).toMatchObject({ discount: eur(3750), total: eur(0) });
    expect(await shop.pay(order)).toMatchObject({ status: 'paid', paid: eur(0) });
    expect(await shop.refund(order)).toMatchObject({ status: 'refunded', refunded: eur(0) });
  });
});
