import { createVoucherInput } from '@plinth/actions/orders/testing';
import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('getVoucherUses');

it('200: counts the orders with the voucher that were not cancelled', async () => {
  const { addRule, addProduct, place, change, call } = await createShop();
  const { id } = await addRule(createVoucherInput({ code: 'FIVE', usesMax: 3 }));
  const tea = await addProduct();
  expect((await call('getVoucherUses', { id })).body).toEqual({ code: 'FIVE', uses: 0, usesMax: 3 });
  const order = (await place([[tea, 1]], { overrides: { voucherCode: 'five' } })).body;
  await place([[tea, 1]]);
  expect((await call('getVoucherUses', { id })).body).toEqual({ code: 'FIVE', uses: 1, usesMax: 3 });
  await change('cancelOrder', order);
  const read = await call('getVoucherUses', { id });
  expect(read).toMatchObject({ status: 200, body: { code: 'FIVE', uses: 0, usesMax: 3 } });
});

it('400: refuses a malformed id', async () => {
  const { call } = await createShop();
  expect((await call('getVoucherUses', { id: 'x' })).status).toBe(400);
});

it('401 and 403: refuses anonymous callers and users without a role', async () => {
  const { addRule, call, as } = await createShop();
  const { id } = await addRule(createVoucherInput());
  expect((await call('getVoucherUses', { id }, { as: service.host.anonymous })).status).toBe(401);
  expect((await call('getVoucherUses', { id }, { as: await as({ id: createId() }) })).status).toBe(403);
});

it('boundary: 404 for a rule that is no voucher, an unknown one, and one of another tenant', async () => {
  const [shop, other] = [await createShop(), await createShop()];
  const [discount, voucher] = [await shop.addRule(), await shop.addRule(createVoucherInput())];
  const unknown = { status: 404, body: { code: 'not-found' } };
  expect(await shop.call('getVoucherUses', { id: discount.id })).toMatchObject(unknown);
  expect(await shop.call('getVoucherUses', { id: createId() })).toMatchObject(unknown);
  expect(await other.call('getVoucherUses', { id: voucher.id })).toMatchObject(unknown);
});
