import { describeRefusals } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('getOperation');

describeRefusals(service, 'getOperation', {
  createTenant: createShop,
  createItem: async ({ call }) => (await call('exportProducts', { body: {} })).body,
  perform: ({ call }, { id }, options) => call('getOperation', { id }, options),
});

it('200 and 304: returns the operation, and no body while it is unchanged', async () => {
  const { call, owner } = await createShop();
  const started = await call('exportProducts', { body: {} });
  const response = await call('getOperation', { id: started.body.id });
  expect(response).toMatchObject({ status: 200, body: started.body, headers: { etag: '"1"' } });
  const path = `/v1/operations/${started.body.id}`;
  expect(await owner.get(path, { 'if-none-match': '"1"' })).toMatchObject({ status: 304, text: '' });
});
