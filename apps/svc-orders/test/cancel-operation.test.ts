import { describeRefusals, oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { useJobs } from './operations.ts';
import { useOrders } from './shop.ts';

const orders = useOrders('cancelOperation');
const { service, createShop } = orders;
const { attempt, listDue, settle } = useJobs(orders);

describeRefusals(service, 'cancelOperation', {
  createTenant: createShop,
  createItem: async ({ call }) => (await call('exportProducts', { body: {} })).body,
  perform: ({ call }, { id }, options) => call('cancelOperation', { id }, options),
});

it('204: the operation is cancelled, and its jobs do nothing', async () => {
  const { call, stored, tenantId } = await createShop();
  const { id } = (await call('exportProducts', { body: {} })).body;
  expect(await call('cancelOperation', { id })).toMatchObject({ status: 204, text: '' });
  const { body } = await call('getOperation', { id });
  expect(body).toMatchObject({ status: 'cancelled', version: 2, endedAt: expect.stringMatching(/Z$/) });
  const before = await stored();
  await settle(tenantId);
  expect(await stored()).toEqual(before);
});

it('409: refuses to cancel an operation that has ended', async () => {
  const { call, tenantId } = await createShop();
  const { id } = (await call('exportProducts', { body: {} })).body;
  await settle(tenantId);
  const refused = { status: 409, body: { code: 'operation-ended' } };
  expect(await call('cancelOperation', { id })).toMatchObject(refused);
  expect((await call('getOperation', { id })).body.status).toBe('succeeded');
});

it('race: of twenty cancellations one succeeds', async () => {
  const { call } = await createShop();
  const { id } = (await call('exportProducts', { body: {} })).body;
  const responses = await race(20, () => call('cancelOperation', { id }));
  expect(sortStatuses(responses)).toEqual(oneWinner(204, 409));
});

it('race: one of a cancellation and the last piece takes effect', async () => {
  const { call, tenantId, stored } = await createShop();
  const { id } = (await call('exportProducts', { body: {} })).body;
  const [piece] = await listDue(tenantId);
  const [cancelled, done] = await Promise.allSettled([call('cancelOperation', { id }), attempt(piece as never)]);
  const isCancelled = cancelled.status === 'fulfilled' && cancelled.value.status === 204;
  expect(done.status).toBe(isCancelled ? 'rejected' : 'fulfilled');
  expect((await call('getOperation', { id })).body.status).toBe(isCancelled ? 'cancelled' : 'succeeded');
  expect(await stored('operationChunks')).toHaveLength(isCancelled ? 0 : 1);
});

it('race: a piece that is done between the read and the commit of a cancellation does not prevent it', async () => {
  const { call, addProduct, tenantId } = await createShop();
  for (let index = 0; index < 101; index += 1) await addProduct();
  const { id } = (await call('exportProducts', { body: {} })).body;
  const beforeCommit = () => settle(tenantId, 1);
  const response = await service.interleave({ beforeCommit }, () => call('cancelOperation', { id }));
  expect(response.status).toBe(204);
  await settle(tenantId);
  const { body } = await call('getOperation', { id });
  expect(body).toMatchObject({ status: 'cancelled', progress: { done: 100 } });
});
