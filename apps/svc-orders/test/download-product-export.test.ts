import { describeRefusals } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { useJobs } from './operations.ts';
import { useOrders } from './shop.ts';

const orders = useOrders('downloadProductExport');
const { service, createShop } = orders;
const { settle } = useJobs(orders);

describeRefusals(service, 'downloadProductExport', {
  createTenant: createShop,
  createItem: async ({ call, tenantId }) => {
    const { body } = await call('exportProducts', { body: {} });
    await settle(tenantId);
    return body;
  },
  perform: ({ call }, { id }, options) => call('downloadProductExport', { id }, options),
});

it('200: returns a product a line, the oldest first, and nothing without products', async () => {
  const shop = await createShop();
  const download = async () => {
    const { id } = (await shop.call('exportProducts', { body: {} })).body;
    await settle(shop.tenantId);
    return shop.call('downloadProductExport', { id });
  };
  expect(await download()).toMatchObject({ status: 200, text: '' });
  const added = [await shop.addProduct(), await shop.addProduct()];
  const { headers, text } = await download();
  expect(headers['content-type']).toBe('application/x-ndjson; charset=utf-8');
  const lines = text.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual(added);
});

it('409: has no result before the operation has succeeded', async () => {
  const { call } = await createShop();
  const { id } = (await call('exportProducts', { body: {} })).body;
  expect(await call('downloadProductExport', { id })).toMatchObject({
    status: 409,
    body: { code: 'operation-not-succeeded' },
  });
});
