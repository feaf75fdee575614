import { createFreeShippingInput, createVoucherInput } from '@plinth/actions/orders/testing';
import { beforeAll, expect, it } from 'vitest';
import { type Shop, useOrders } from './shop.ts';

const { service, createShop } = useOrders('listPricingRules');

type Rule = { readonly id: string; readonly status: string; readonly effect: { readonly kind: string } };
let shop: Shop;
let rules: Rule[];

beforeAll(async () => {
  shop = await createShop();
  for (let index = 0; index < 12; index += 1) {
    const body = [undefined, createVoucherInput(), createFreeShippingInput()][index % 3];
    const { id } = await shop.addRule(body);
    if (index % 4 === 0) await shop.call('disablePricingRule', { id });
  }
  rules = (await shop.call('listPricingRules', { query: { limit: 100, sort: 'createdAt' } })).body.items;
  await (await createShop()).addRule();
});

type Query = Readonly<Record<string, string | number>>;

const getPages = async (query: Query): Promise<Rule[]> => {
  const items: Rule[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { status, body } = await shop.call('listPricingRules', { query: { ...query, ...(cursor && { cursor }) } });
    expect(status).toBe(200);
    items.push(...body.items);
    cursor = body.nextCursor;
  }
  return items;
};

it('200: returns the newest first in pages, and no rule of another tenant', async () => {
  expect(rules).toHaveLength(12);
  expect(await getPages({ limit: 5 })).toEqual(rules.toReversed());
});

it.each(['volume-discount', 'voucher', 'free-shipping'])('200: filters by the kind %s and by status', async (kind) => {
  const ofKind = rules.filter(({ effect }) => effect.kind === kind);
  expect(ofKind).toHaveLength(4);
  expect(await getPages({ kind, sort: 'createdAt', limit: 3 })).toEqual(ofKind);
  for (const status of ['active', 'disabled']) {
    const select = (list: Rule[]) => list.filter((rule) => rule.status === status);
    expect(await getPages({ kind, status, sort: 'createdAt', limit: 1 })).toEqual(select(ofKind));
    expect(await getPages({ status, sort: 'createdAt', limit: 4 })).toEqual(select(rules));
  }
});

it.each([{ sort: 'name' }, { kind: 'other' }, { status: 'gone' }, { code: 'FIVE' }, { limit: 0 }])(
  '400: refuses %j',
  async (query) => {
    expect((await shop.call('listPricingRules', { query: query as unknown as Query })).status).toBe(400);
  },
);

it('400: refuses the cursor of another filter', async () => {
  const { body } = await shop.call('listPricingRules', { query: { limit: 1 } });
  const query = { limit: 1, kind: 'voucher', cursor: body.nextCursor };
  expect((await shop.call('listPricingRules', { query })).body).toMatchObject({ code: 'invalid-cursor' });
});

it('401 and 403: refuses anonymous callers and users without a role', async () => {
  expect((await shop.call('listPricingRules', {}, { as: service.host.anonymous })).status).toBe(401);
  const as = await service.userWithRole('unknown', shop.tenantId);
  expect((await shop.call('listPricingRules', {}, { as })).status).toBe(403);
});
