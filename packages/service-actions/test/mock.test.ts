import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createApi, unwrap } from '../src/core/index.ts';
import { createMock } from '../src/mock/index.ts';
import { getOperation } from '../src/operations/index.ts';
import {
  cancelOrder,
  createProduct,
  downloadProductExport,
  exportProducts,
  listStockMovements,
  placeOrder,
  restockProduct,
} from '../src/orders/index.ts';
import { describeContract } from '../src/testing/index.ts';
import { changeRole, createUser, getMe, suspendUser } from '../src/users/index.ts';

const baseUrl = 'https://api.example';
const mock = createMock({
  baseUrl: `${baseUrl}/`,
  respond: {
    suspendUser: ({ resource, fail }) =>
      resource?.['status'] === 'suspended' ? fail('already-suspended') : { status: 'suspended' },
    placeOrder: ({ body, fail }) => {
      const { lines } = body as { lines: readonly { productId: string; quantity: number }[] };
      const missing = lines.find(({ quantity }) => quantity > 5);
      return missing && fail('out-of-stock', { productId: missing.productId });
    },
    cancelOrder: () => ({ status: 'cancelled' }),
    deliverOrder: ({ fail }) => fail('email-taken'),
  },
});
const server = setupServer(...mock.handlers);
beforeAll(() => server.listen());
afterAll(() => server.close());
afterEach(() => mock.reset());

const open = () => createApi({ baseUrl, token: 'demo', retries: 0 });

// The platform runs the same suite.
describe('the mock', () => describeContract(() => ({ baseUrl, createToken: async () => 'demo' })));

describe('an operation of the mock', () => {
  const order = (quantity: number) => ({
    customer: { reference: 'C-1' },
    lines: [{ productId: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d', quantity }],
    shippingAddress: { recipient: 'Ada', street: 'Street 1', city: 'Bern', country: 'CH' },
  });

  it('has the rules that a test adds', async () => {
    const api = open();
    const user = await unwrap(createUser(api, { body: { name: 'Ada', email: 'ada@acme.example', role: 'member' } }));
    expect(await suspendUser(api, { id: user.id })).toMatchObject({ data: { status: 'suspended', version: 2 } });
    expect(await suspendUser(api, { id: user.id })).toMatchObject({
      status: 409,
      problem: { code: 'already-suspended' },
    });
  });

  it('starts a long operation, which has ended when it is read', async () => {
    const api = open();
    const started = await unwrap(exportProducts(api, { body: {} }));
    expect(started).toMatchObject({ status: 'running', version: 1 });
    const path = `/v1/product-exports/${started.id}`;
    const { id } = started;
    expect(await unwrap(getOperation(api, { id }))).toMatchObject({ status: 'succeeded', result: { path } });
    const lines: unknown[] = [];
    for await (const line of await unwrap(downloadProductExport(api, { id }))) lines.push(line);
    expect(lines).toEqual([]);
  });

  it('responds with the example of its contract and the fields of the body', async () => {
    const api = open();
    const placed = await unwrap(placeOrder(api, { body: order(2) }));
    expect(placed).toMatchObject({
      status: 'placed',
      customer: { reference: 'C-1' },
      shippingAddress: { city: 'Bern' },
    });
    expect(await unwrap(cancelOrder(api, { id: placed.id }))).toEqual({
      ...placed,
      status: 'cancelled',
      version: 2,
      updatedAt: expect.any(String),
    });
    expect(await placeOrder(api, { body: order(6) })).toMatchObject({
      status: 409,
      problem: { code: 'out-of-stock', data: { productId: order(6).lines[0]?.productId } },
    });
  });

  it('keeps what belongs to a resource, and lists it', async () => {
    const api = open();
    const price = { amount: 100, currency: 'EUR' };
    const { id } = await unwrap(createProduct(api, { body: { sku: 'A', name: 'A', price } }));
    const movement = await unwrap(restockProduct(api, { id, body: { quantity: 3, reason: 'Delivery' } }));
    expect(movement).toMatchObject({ quantity: 3, reason: 'Delivery' });
    expect((await unwrap(listStockMovements(api, { id }))).items).toEqual([movement]);
  });

  it('changes a field by a PUT', async () => {
    const api = open();
    const { id } = await unwrap(createUser(api, { body: { name: 'Ada', email: 'ada@acme.example', role: 'member' } }));
    expect(await changeRole(api, { id, body: { role: 'owner' }, ifMatch: 1 })).toMatchObject({
      data: { role: 'owner', version: 2 },
    });
    expect(await getMe(api)).toMatchObject({ ok: true, data: { name: 'Ada Lovelace' } });
  });
});
