import { expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('getSalesSummary');

const hour = 3_600_000;
const around = (ms: number) => ({
  from: new Date(Date.now() - ms).toISOString(),
  to: new Date(Date.now() + ms).toISOString(),
});

it('200: returns the sums of the tenant', async () => {
  const { call, addPaidOrder } = await createShop();
  await addPaidOrder();
  await (await createShop()).addPaidOrder();
  const total = { amount: 3750, currency: 'EUR' };
  expect(await call('getSalesSummary', { query: around(hour) })).toMatchObject({
    status: 200,
    body: { items: [{ orders: 1, total, paid: total, refunded: { amount: 0, currency: 'EUR' } }] },
  });
});

it('200: has no item without orders', async () => {
  const { call } = await createShop();
  expect((await call('getSalesSummary', { query: around(hour) })).body).toEqual({ items: [] });
});

const year = 366 * 24 * hour;

it.each([
  ['ends when it begins', { from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }],
  ['is longer than a year', { from: '2026-01-01T00:00:00Z', to: '2027-01-02T00:00:00.001Z' }],
])('boundary: a period that %s is a 400', async (_, query) => {
  const { call } = await createShop();
  const errors = [{ pointer: '/to', location: 'query', code: 'unsupported-period' }];
  expect(await call('getSalesSummary', { query })).toMatchObject({ status: 400, body: { errors } });
  expect((await call('getSalesSummary', { query: around(year / 2 - hour) })).status).toBe(200);
});

it('401 and 403: refuses anonymous callers and other roles', async () => {
  const { call } = await createShop();
  const query = around(hour);
  expect((await call('getSalesSummary', { query }, { as: service.host.anonymous })).status).toBe(401);
  const stranger = await service.userWithRole('unknown');
  expect((await call('getSalesSummary', { query }, { as: stranger })).status).toBe(403);
});

it('422: refuses a period whose sum no number holds', async () => {
  const { call, addProduct, place } = await createShop();
  const yacht = await addProduct({ price: { amount: Number.MAX_SAFE_INTEGER, currency: 'EUR' } });
  for (let count = 0; count < 2; count += 1) await place([[yacht, 1]]);
  const response = await call('getSalesSummary', { query: around(hour) });
  expect(response).toMatchObject({ status: 422, body: { code: 'period-too-large' } });
});
