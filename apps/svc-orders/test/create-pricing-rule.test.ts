import { createFreeShippingInput, createRuleInput, createVoucherInput } from '@plinth/actions/orders/testing';
import { race, sortStatuses } from '@plinth/service-kit/testing';
import { createId } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { useOrders } from './shop.ts';

// The first rule of an organization conflicts with a twin once; executed again, the request finds what the twin has stored.
const unreachable = ['createPricingRule 409 conflict'];
const { service, createShop } = useOrders('createPricingRule', { unreachable });

const condition = { fact: 'quantity', operator: 'greaterThanInclusive', value: 10 } as const;

describe('201', () => {
  it('returns the rule, Location and ETag', async () => {
    const { call, owner, addProduct } = await createShop();
    const body = createRuleInput({ productIds: [(await addProduct()).id], conditions: { all: [condition] } });
    const created = await call('createPricingRule', { body });
    expect(created).toMatchObject({ status: 201, body: { ...body, status: 'active', version: 1 } });
    expect(created.headers).toMatchObject({ location: `/v1/pricing-rules/${created.body.id}`, etag: '"1"' });
    expect((await owner.get(`/v1/pricing-rules/${created.body.id}`)).text).toBe(created.text);
  });

  it('boundary: accepts the largest rule of each kind, and the code of a voucher in any case', async () => {
    const { call, addProduct } = await createShop();
    const products = await race(50, () => addProduct());
    const countries = Array.from({ length: 50 }, () => 'GB');
    const largest = {
      name: '漢'.repeat(200),
      productIds: products.map(({ id }) => id as string),
      conditions: {
        all: Array.from({ length: 5 }, () => ({
          any: Array.from({ length: 5 }, () => ({
            fact: 'country' as const,
            operator: 'in' as const,
            value: countries,
          })),
        })),
      },
    };
    const bodies = [
      createRuleInput({ ...largest, effect: { kind: 'volume-discount', discount: { basisPoints: 10_000 } } }),
      createVoucherInput({ usesMax: 1_000_000_000, discount: { amount: Number.MAX_SAFE_INTEGER } }, largest),
      createFreeShippingInput(largest),
    ];
    for (const body of bodies) expect(await call('createPricingRule', { body })).toMatchObject({ status: 201, body });
    const { effect } = createVoucherInput({ code: 'summer-10' });
    const created = await call('createPricingRule', { body: createRuleInput({ effect }) });
    expect(created.body.effect).toMatchObject({ code: 'SUMMER-10' });
  });
});

it.each([
  [{ name: '' }, '/name'],
  [{ currency: 'XYZ' }, '/currency'],
  [{ productIds: [] }, '/productIds'],
  [{ productIds: ['x'] }, '/productIds/0'],
  [{ effect: { kind: 'other' } }, '/effect'],
  [{ effect: { kind: 'volume-discount', discount: { basisPoints: 10_001 } } }, '/effect/discount'],
  [{ effect: { ...createVoucherInput().effect, code: 'a b' } }, '/effect/code'],
  [{ effect: { ...createVoucherInput().effect, usesMax: 0 } }, '/effect/usesMax'],
  [{ conditions: { all: [] } }, '/conditions'],
  [{ conditions: { all: [{ ...condition, fact: 'now' }] } }, '/conditions'],
  [{ conditions: { all: [{ ...condition, operator: 'someFact:equal' }] } }, '/conditions'],
  [{ conditions: { all: [{ ...condition, path: '$..*' }] } }, '/conditions'],
  [{ conditions: { condition: 'other' } }, '/conditions'],
  [{ conditions: { all: [{ all: [{ all: [condition] }] }] } }, '/conditions'],
])('400: refuses %j, names the field and creates nothing', async (part, pointer) => {
  const { call, stored } = await createShop();
  const response = await call('createPricingRule', { body: { ...createRuleInput(), ...part } });
  expect(response).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  expect(response.body.errors[0].pointer).toMatch(new RegExp(`^${pointer}`));
  expect(await stored()).toEqual([]);
});

it('400: requires an idempotency key', async () => {
  const { call, stored } = await createShop();
  const headers = { 'idempotency-key': '' };
  expect((await call('createPricingRule', { body: createRuleInput() }, { headers })).status).toBe(400);
  expect(await stored()).toEqual([]);
});

it('401 and 403: refuses anonymous callers and all but owners before it validates the body', async () => {
  const { call, tenantId, stored } = await createShop();
  expect((await call('createPricingRule', { body: {} }, { as: service.host.anonymous })).status).toBe(401);
  for (const role of ['member', 'viewer', 'billing', 'unknown']) {
    const response = await call('createPricingRule', { body: {} }, { as: await service.userWithRole(role, tenantId) });
    expect(response).toMatchObject({ status: 403, body: { data: { permission: 'pricing-rules:write' } } });
  }
  expect(await stored()).toEqual([]);
});

it('race: one of twenty vouchers with the same code is created', async () => {
  const { call, stored } = await createShop();
  const responses = await race(20, () => call('createPricingRule', { body: createVoucherInput({ code: 'FIVE' }) }));
  expect(sortStatuses(responses)).toEqual([201, ...Array(19).fill(409)]);
  expect(responses.find(({ status }) => status === 409)?.body.code).toBe('voucher-code-taken');
  expect([(await stored('pricingRules')).length, (await stored('vouchers')).length]).toEqual([1, 1]);
});

it('race: at most twenty of thirty rules apply by themselves, and all that were created are counted', async () => {
  const { call, addRule, stored } = await createShop();
  await addRule();
  const responses = await race(30, () => call('createPricingRule', { body: createRuleInput() }));
  expect(sortStatuses(responses)).toEqual([...Array(19).fill(201), ...Array(11).fill(409)]);
  expect(responses.find(({ status }) => status === 409)?.body.code).toBe('too-many-rules');
  expect([(await stored('pricingRules')).length, await stored('ruleSets')]).toMatchObject([20, [{ activeRules: 20 }]]);
});

it('race: the first rules of an organization are all created or refused with a conflict', async () => {
  const { call, stored } = await createShop();
  const responses = await race(10, () => call('createPricingRule', { body: createFreeShippingInput() }));
  const created = responses.filter(({ status }) => status === 201).length;
  expect(created).toBeGreaterThan(0);
  for (const { status, body } of responses) if (status !== 201) expect(body.code).toBe('conflict');
  expect(await stored('ruleSets')).toMatchObject([{ activeRules: created }]);
});

it('413, 415 and 422: refuses a large body, another type, a reused key and unknown products, and creates nothing', async () => {
  const { call, owner, stored } = await createShop();
  expect((await call('createPricingRule', { body: { extra: 'x'.repeat(32 * 1024) } })).status).toBe(413);
  const text = { 'content-type': 'text/plain', 'idempotency-key': createId() };
  expect((await owner.post('/v1/pricing-rules', 'name=a', text)).status).toBe(415);
  const unknown = await call('createPricingRule', { body: createRuleInput({ productIds: [createId()] }) });
  expect(unknown).toMatchObject({ status: 422, body: { code: 'product-missing' } });
  expect(await stored()).toEqual([]);
  const headers = { 'idempotency-key': createId() };
  expect((await call('createPricingRule', { body: createRuleInput() }, { headers })).status).toBe(201);
  const other = await call('createPricingRule', { body: createFreeShippingInput() }, { headers });
  expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-mismatch' } });
  expect(await stored('pricingRules')).toHaveLength(1);
});
