import { createProductInput } from '@plinth/actions/orders/testing';
import { oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { createId } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('createProduct');

describe('201', () => {
  it('returns the product, Location and ETag', async () => {
    const { owner, call } = await createShop();
    const body = createProductInput({ name: 'Zoë’s \u{1F375}', description: 'Line\nline' });
    const created = await call('createProduct', { body });
    expect(created).toMatchObject({ status: 201, body: { ...body, status: 'active', version: 1 } });
    expect(created.headers).toMatchObject({ location: `/v1/products/${created.body.id}`, etag: '"1"' });
    expect((await owner.get(`/v1/products/${created.body.id}`)).text).toBe(created.text);
  });

  it('boundary: accepts the largest and the smallest values', async () => {
    const { call } = await createShop();
    const largest = {
      sku: 'a'.repeat(64),
      name: '漢'.repeat(200),
      description: '漢'.repeat(2000),
      stock: 1_000_000_000,
    };
    const price = { amount: Number.MAX_SAFE_INTEGER, currency: 'JPY' };
    const body = { ...largest, price };
    expect(await call('createProduct', { body })).toMatchObject({ status: 201, body });
    const { sku, name } = createProductInput();
    const least = { sku, name, price: { amount: 0, currency: 'EUR' } };
    expect(await call('createProduct', { body: least })).toMatchObject({ status: 201, body: { ...least, stock: 0 } });
  });
});

it.each([
  [{ sku: '' }, '/sku'],
  [{ sku: 'two words' }, '/sku'],
  [{ sku: 'a'.repeat(65) }, '/sku'],
  [{ name: 'a\nb' }, '/name'],
  [{ name: undefined }, '/name'],
  [{ description: 'a\0b' }, '/description'],
  [{ price: undefined }, '/price'],
  [{ price: { amount: 2 ** 53, currency: 'EUR' } }, '/price/amount'],
  [{ price: { amount: -1, currency: 'EUR' } }, '/price/amount'],
  [{ price: { amount: 0.5, currency: 'EUR' } }, '/price/amount'],
  [{ price: { amount: 1, currency: 'eur' } }, '/price/currency'],
  [{ price: { amount: 1, currency: 'XYZ' } }, '/price/currency'],
  [{ stock: -1 }, '/stock'],
  [{ stock: 1_000_000_001 }, '/stock'],
])('400: refuses %j, names the field and creates nothing', async (part, pointer) => {
  const { call, stored } = await createShop();
  const response = await call('createProduct', { body: { ...createProductInput(), ...part } });
  expect(response).toMatchObject({ status: 400, body: { code: 'invalid-request', errors: [{ pointer }] } });
  expect(await stored()).toEqual([]);
});

it('401 and 403: refuses anonymous callers and viewers before it validates the body', async () => {
  const { call, tenantId, stored } = await createShop();
  expect((await call('createProduct', { body: {} }, { as: service.host.anonymous })).status).toBe(401);
  for (const role of ['viewer', 'billing', 'unknown']) {
    const response = await call('createProduct', { body: {} }, { as: await service.userWithRole(role, tenantId) });
    expect(response).toMatchObject({ status: 403, body: { data: { permission: 'products:write' } } });
  }
  expect(await stored()).toEqual([]);
});

it('race: one of twenty products with the same SKU is created', async () => {
  const { call, stored } = await createShop();
  const responses = await race(20, () => call('createProduct', { body: createProductInput({ sku: 'TEA' }) }));
  expect(sortStatuses(responses)).toEqual(oneWinner(201, 409));
  expect(responses.find(({ status }) => status === 409)?.body.code).toBe('sku-taken');
  expect(await stored('products')).toHaveLength(1);
});

it('413, 415 and 422: refuses a large body, another type and a reused key, and creates nothing', async () => {
  const { call, owner, stored } = await createShop();
  expect((await call('createProduct', { body: { extra: 'x'.repeat(16 * 1024) } })).status).toBe(413);
  expect((await owner.post('/v1/products', 'sku=a', { 'content-type': 'text/plain' })).status).toBe(415);
  const headers = { 'idempotency-key': createId() };
  expect((await call('createProduct', { body: createProductInput() }, { headers })).status).toBe(201);
  const other = await call('createProduct', { body: createProductInput() }, { headers });
  expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-mismatch' } });
  expect(await stored('products')).toHaveLength(1);
});
