import { createContext } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { createShop } from './test/shop.ts';
import { createFreeShippingInput, createVoucherInput } from './testing/index.ts';

const prepare = async () => {
  const shop = createShop();
  const discount = await shop.createRule();
  const voucher = await shop.createRule(createVoucherInput({ code: 'FIVE', usesMax: 7 }));
  const free = await shop.createRule(createFreeShippingInput());
  const disabled = await shop.run.disablePricingRule(free);
  return { ...shop, discount, voucher, disabled };
};

it('lists rules by time, status and kind, and gets one', async () => {
  const { run, discount, voucher, disabled } = await prepare();
  const page = { limit: 20, cursor: undefined, fields: undefined };
  const list = async (where: Parameters<typeof run.listPricingRules>[0]['query']['where']) =>
    (await run.listPricingRules({ query: { where, sort: 'createdAt', ...page } })).items;
  expect(await list({})).toEqual([discount, voucher, disabled]);
  expect(await list({ status: 'active' })).toEqual([discount, voucher]);
  expect(await list({ kind: 'voucher' })).toEqual([voucher]);
  expect(await list({ kind: 'free-shipping', status: 'active' })).toEqual([]);
  const query = { where: {}, sort: 'createdAt', ...page } as const;
  expect((await run.listPricingRules({ query }, createContext())).items).toEqual([]);
  expect(await run.getPricingRule(voucher)).toEqual(voucher);
});

describe('the uses of a voucher', () => {
  it('are those of orders that were not cancelled', async () => {
    const { run, voucher, createProduct, placeOrder, cancel } = await prepare();
    const tea = await createProduct();
    const order = await placeOrder([[tea, 1]], { voucherCode: 'FIVE' });
    await placeOrder([[tea, 1]], { voucherCode: 'FIVE' });
    expect(await run.getVoucherUses(voucher)).toEqual({ code: 'FIVE', uses: 2, usesMax: 7 });
    await cancel(order);
    expect(await run.getVoucherUses(voucher)).toEqual({ code: 'FIVE', uses: 1, usesMax: 7 });
  });

  it('boundary: do not exist of another rule and for another tenant', async () => {
    const { run, discount, voucher } = await prepare();
    await expect(run.getVoucherUses(discount)).rejects.toMatchObject({ code: 'not-found' });
    await expect(run.getVoucherUses(voucher, createContext())).rejects.toMatchObject({ code: 'not-found' });
  });
});
