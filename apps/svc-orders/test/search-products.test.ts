import { beforeAll, expect, it } from 'vitest';
import { type Shop, useOrders } from './shop.ts';

const { service, createShop } = useOrders('searchProducts');

let shop: Shop;
let tea: { id: string };
let cup: { id: string };

beforeAll(async () => {
  shop = await createShop();
  tea = await shop.addProduct({ name: 'Green tea' });
  cup = await shop.addProduct({ name: 'Tasse émaillée', description: 'For tea' });
  await (await createShop()).addProduct({ name: 'Green tea' });
});

const search = (query: Readonly<Record<string, string>>, as?: Shop['owner']) =>
  shop.call('searchProducts', { query }, as ? { as } : {});

it('200: finds words without case and accents, the best first, and nothing of another tenant', async () => {
  expect(await search({ text: 'green TEA' })).toMatchObject({ status: 200, body: { items: [tea, cup] } });
  expect((await search({ text: 'Emaillee' })).body.items).toEqual([cup]);
  expect((await search({ text: 'tea', status: 'archived' })).body.items).toEqual([]);
  expect((await search({ text: '"-$' })).body.items).toEqual([]);
});

it.each([{}, { text: '' }, { text: 'a\nb' }, { text: 'x'.repeat(201) }, { text: 'tea', status: 'gone' }, { q: 'tea' }])(
  '400: refuses %j',
  async (query) => {
    expect((await search(query as Record<string, string>)).status).toBe(400);
  },
);

it('401 and 403: refuses anonymous callers and users without a role', async () => {
  expect((await search({ text: 'tea' }, service.host.anonymous)).status).toBe(401);
  expect((await search({ text: 'tea' }, await service.userWithRole('unknown', shop.tenantId))).status).toBe(403);
});
