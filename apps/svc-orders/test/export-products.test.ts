import { describeRefusals } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { useJobs } from './operations.ts';
import { useOrders } from './shop.ts';

const orders = useOrders('exportProducts');
const { service, createShop } = orders;
const { settle } = useJobs(orders);

/** Alternates, so that two requests differ. */
const statuses = (function* (): Generator<string, string> {
  for (;;) yield* ['active', 'archived'];
})();

describeRefusals(service, 'exportProducts', {
  createTenant: createShop,
  createItem: () => ({ productStatus: statuses.next().value }),
  perform: ({ call }, body, options) => call('exportProducts', { body }, options),
});

it('202: starts an operation, whose Location shows its progress', async () => {
  const { call, owner, addProduct, tenantId } = await createShop();
  await addProduct();
  const started = await call('exportProducts', { body: {} });
  const { id } = started.body;
  expect(started).toMatchObject({
    status: 202,
    headers: { location: `/v1/operations/${id}`, etag: '"1"' },
    body: { kind: 'export-products', status: 'running', progress: { done: 0, failed: 0 }, errors: [] },
  });
  const running = await owner.get(String(started.headers['location']));
  expect([running.status, running.text]).toEqual([200, started.text]);
  await settle(tenantId);
  const ended = await owner.get(`/v1/operations/${id}`);
  const path = `/v1/product-exports/${id}`;
  expect(ended.body).toMatchObject({ status: 'succeeded', progress: { done: 1 }, result: { path }, version: 2 });
  expect((await owner.get(path)).status).toBe(200);
});

it('400: refuses an unknown status', async () => {
  const { call } = await createShop();
  const response = await call('exportProducts', { body: { productStatus: 'lost' } });
  expect(response).toMatchObject({ status: 400, body: { errors: [{ pointer: '/productStatus' }] } });
});
