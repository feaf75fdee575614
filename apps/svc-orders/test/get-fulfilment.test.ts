import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { useOrders } from './shop.ts';

const { service, createShop } = useOrders('getFulfilment');

/** Creates a shop with an order whose fulfilment was started. */
const prepare = async () => {
  const shop = await createShop();
  const { order } = await shop.addOrder();
  const started = await shop.change('startFulfilment', order, { paymentMethod: 'pm_card_visa' });
  return { ...shop, order, started };
};

it('200 and 304: returns the fulfilment of the order', async () => {
  const { call, order, started } = await prepare();
  const read = await call('getFulfilment', order);
  expect(read).toMatchObject({ status: 200, headers: { etag: '"1"' } });
  expect(read.text).toBe(started.text);
  const headers = { 'if-none-match': '"1"' };
  expect((await call('getFulfilment', order, { headers })).status).toBe(304);
});

it('400: refuses a malformed id', async () => {
  const { call } = await createShop();
  expect((await call('getFulfilment', { id: 'x' })).status).toBe(400);
});

it('401 and 403: refuses anonymous callers and users without a role', async () => {
  const { call, as, order } = await prepare();
  expect((await call('getFulfilment', order, { as: service.host.anonymous })).status).toBe(401);
  expect((await call('getFulfilment', order, { as: await as({ id: createId() }) })).status).toBe(403);
});

it('boundary: 404 for an order without a fulfilment, an unknown one, and one of another tenant', async () => {
  const { call, addOrder, order } = await prepare();
  const other = await createShop();
  const unknown = { status: 404, body: { code: 'not-found' } };
  expect(await call('getFulfilment', (await addOrder()).order)).toMatchObject(unknown);
  expect(await call('getFulfilment', { id: createId() })).toMatchObject(unknown);
  expect(await other.call('getFulfilment', order)).toMatchObject(unknown);
});
