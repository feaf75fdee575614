import type { AddressInfo } from 'node:net';
import { createApi, type Fetch, items, unwrap } from '@plinth/service-actions';
import { createProduct, getProduct, placeOrder } from '@plinth/service-actions/orders';
import { createUser, exportUsers, getMe, getUser, listUsers, updateUser } from '@plinth/service-actions/users';
import { createId, openTcpProxy, type TcpProxy } from '@plinth/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPlatform } from './host.ts';

let platform: Awaited<ReturnType<typeof openPlatform>>;
let proxy: TcpProxy;
beforeAll(async () => {
  platform = await openPlatform();
  await platform.host.server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = platform.host.server.server.address() as AddressInfo;
  proxy = await openTcpProxy(new URL(`http://127.0.0.1:${port}`));
});
afterAll(async () => {
  await proxy.close();
  await platform.host.close();
});
afterEach(async () => expect(await platform.host.faults()).toEqual([]));

/** Opens the API as the owner of a new organization. */
const open = async (fetch?: Fetch) => {
  const token = await platform.host.signToken({ id: createId(), tenantId: createId(), roles: ['owner'] });
  return createApi({ baseUrl: `http://127.0.0.1:${proxy.port}`, token, ...(fetch && { fetch }) });
};

let api: Awaited<ReturnType<typeof open>>;
beforeEach(async () => {
  api = await open();
});

const toUser = (name: string) => ({ name, email: `${name.toLowerCase()}@acme.example`, role: 'member' }) as const;

describe('a client', () => {
  it('creates, reads and lists, page by page to the end', async () => {
    const names = ['Ada', 'Bob', 'Cleo', 'Dan', 'Eve'];
    for (const name of names) await unwrap(createUser(api, { body: toUser(name) }));
    const listed: string[] = [];
    for await (const { name } of items(listUsers, api, { query: { sort: 'name', limit: 2 } })) listed.push(name);
    expect(listed).toEqual(names);
    const exported: string[] = [];
    for await (const { name } of await unwrap(exportUsers(api))) exported.push(name);
    expect(exported).toEqual(names);
  });

  it('gets the problem of a conflict and of a missing resource', async () => {
    await unwrap(createUser(api, { body: toUser('Ada') }));
    expect(await createUser(api, { body: toUser('Ada') })).toMatchObject({
      status: 409,
      problem: { code: 'email-taken' },
    });
    expect(await getUser(api, { id: createId() })).toMatchObject({ status: 404, problem: { code: 'not-found' } });
    expect(await getUser(api, { id: '..' })).toMatchObject({ status: 0, problem: { code: 'invalid-path' } });
  });

  it('gets the data of a problem', async () => {
    const price = { amount: 100, currency: 'EUR' };
    const product = await unwrap(createProduct(api, { body: { sku: 'TEA', name: 'Tea', price, stock: 1 } }));
    const shippingAddress = { recipient: 'Ada', street: 'Street 1', city: 'Bern', country: 'CH' };
    const result = await placeOrder(api, {
      body: { customer: { reference: 'C-1' }, lines: [{ productId: product.id, quantity: 2 }], shippingAddress },
    });
    expect(result).toMatchObject({ status: 409, problem: { code: 'out-of-stock', data: { productId: product.id } } });
    expect(await unwrap(getProduct(api, { id: product.id }))).toEqual(product);
  });

  it('race: changes a version once, and then reads the new one', async () => {
    const { id } = await unwrap(createUser(api, { body: toUser('Ada') }));
    const read = await getUser(api, { id });
    const ifMatch = read.ok && read.etag ? read.etag : '';
    const names = ['Ada King', 'Ada Byron'];
    const results = await Promise.all(names.map((name) => updateUser(api, { id, body: { name }, ifMatch })));
    expect(results.map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([200, 412]);
    const winner = results.find(({ ok }) => ok);
    const again = await getUser(api, { id });
    expect(again.ok && again.data).toEqual(winner?.ok && winner.data);
    // The same version is sent by the API once only, and read from memory then.
    expect(await getUser(api, { id })).toMatchObject({ ok: true, status: 200, etag: '"2"', data: { version: 2 } });
  });

  it('is aborted immediately', { retry: 3 }, async () => {
    proxy.freeze();
    const controller = new AbortController();
    const pending = getMe(api, {}, { signal: controller.signal });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const start = performance.now();
    controller.abort();
    expect(await pending).toMatchObject({ ok: false, problem: { code: 'aborted' } });
    expect(performance.now() - start).toBeLessThan(50);
    await proxy.restore();
  });

  it('repeats a read after a dropped connection', async () => {
    const { id } = await unwrap(createUser(api, { body: toUser('Ada') }));
    await proxy.cut();
    const pending = getUser(api, { id });
    await proxy.restore();
    expect(await pending).toMatchObject({ ok: true, data: { id } });
  });

  it('integrity: a write whose responses are lost takes effect once', async () => {
    let lost = 0;
    const losing: Fetch = async (url, init) => {
      const response = await fetch(url, init);
      if (init.method === 'POST' && lost++ < 2) throw new TypeError(`A response with ${response.status} was lost.`);
      return response;
    };
    const unlucky = await open(losing);
    expect(await createUser(unlucky, { body: toUser('Ada') })).toMatchObject({ ok: true, status: 201 });
    expect(lost).toBe(3);
    expect((await unwrap(listUsers(unlucky))).items).toHaveLength(1);
  });
});
