import { describe, expect, it } from 'vitest';
import { createApi, items, unwrap } from '../core/index.ts';
import { createProduct, listProducts, restockProduct, updateProduct } from '../orders/index.ts';
import { createUser, deleteUser, exportUsers, getUser, listUsers, restoreUser, updateUser } from '../users/index.ts';

/** A server or a mock of one, and a token of a new organization. */
export type Served = { readonly baseUrl: string; readonly createToken: () => Promise<string> };

const unknownId = '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d';
const ada = { name: 'Ada Lovelace', email: 'ada@acme.example', role: 'member' } as const;
const tea = { sku: 'TEA-001', name: 'Green tea', price: { amount: 1250, currency: 'EUR' } };
const order = {
  customer: { reference: 'C-1' },
  lines: [{ productId: unknownId, quantity: 1 }],
  shippingAddress: { recipient: 'Ada', street: 'Street 1', city: 'Bern', country: 'CH' },
};
const names = ['Ada', 'Bob', 'Cleo', 'Dan', 'Eve'];
const toUser = (name: string) => ({ name, email: `${name.toLowerCase()}@acme.example`, role: 'member' }) as const;

type Body = {
  readonly id?: string;
  readonly code?: string;
  readonly requestId?: string;
  readonly errors?: readonly { readonly pointer: string; readonly location: string }[];
};

/** Tests that a server and the mock of it respond alike, as far as the contracts say. */
export const describeContract = (getServed: () => Served): void => {
  const open = async () =>
    createApi({ baseUrl: getServed().baseUrl, token: await getServed().createToken(), retries: 0 });

  /** Sends a request that the client would not. */
  const send = async (
    path: string,
    { headers, ...init }: { method?: string; body?: string; headers?: object } = {},
  ) => {
    const authorization = `Bearer ${await getServed().createToken()}`;
    const response = await fetch(getServed().baseUrl + path, { ...init, headers: { authorization, ...headers } });
    const body = (await response.json()) as Body;
    return { status: response.status, headers: response.headers, body };
  };
  const post = (body: string, headers = {}) =>
    send('/v1/users', { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

  describe('a resource', () => {
    it('is created with the fields of the body, an id, the version 1 and times', async () => {
      const api = await open();
      const created = await createUser(api, { body: ada });
      const data = expect.objectContaining({
        ...ada,
        status: 'active',
        version: 1,
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      expect(created).toEqual({ ok: true, status: 201, etag: '"1"', requestId: expect.any(String), data });
      if (created.ok) expect(await unwrap(getUser(api, { id: created.data.id.toUpperCase() }))).toEqual(created.data);
    });

    it('has the defaults of its schema, and no optional field that was not sent', async () => {
      const product = await unwrap(createProduct(await open(), { body: tea }));
      expect(product).toMatchObject({ ...tea, stock: 0 });
      expect(product).not.toHaveProperty('description');
    });

    it('has a Location that leads to it', async () => {
      const response = await post(JSON.stringify(ada));
      expect(response.headers.get('location')).toBe(`/v1/users/${response.body.id}`);
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-store');
    });

    it('is changed by a merge patch, once for each version', async () => {
      const api = await open();
      const { id } = await unwrap(createProduct(api, { body: { ...tea, description: 'From Japan.' } }));
      const patch = { price: { amount: 1300 }, description: null };
      const changed = await updateProduct(api, { id, body: patch, ifMatch: 1 });
      expect(changed).toMatchObject({ ok: true, status: 200, etag: '"2"', data: { version: 2, name: tea.name } });
      expect(changed.ok && changed.data.price).toEqual({ amount: 1300, currency: 'EUR' });
      expect(changed.ok && changed.data).not.toHaveProperty('description');
      expect(await updateProduct(api, { id, body: patch, ifMatch: 1 })).toMatchObject({
        status: 412,
        problem: { code: 'stale-version', instance: `/v1/products/${id}` },
      });
      expect(await updateProduct(api, { id, body: { name: tea.name }, ifMatch: 2 })).toMatchObject({ etag: '"2"' });
    });

    it('is deleted and restored', async () => {
      const api = await open();
      const { id } = await unwrap(createUser(api, { body: ada }));
      expect(await deleteUser(api, { id, ifMatch: 7 })).toMatchObject({ status: 412 });
      expect(await deleteUser(api, { id, ifMatch: 1 })).toMatchObject({ ok: true, status: 204, data: undefined });
      expect(await getUser(api, { id })).toMatchObject({ status: 404, problem: { code: 'not-found' } });
      expect(await restoreUser(api, { id })).toMatchObject({ ok: true, status: 200, data: { id } });
      expect(await getUser(api, { id })).toMatchObject({ ok: true });
    });

    it('is not found by an unknown id, on any of its routes', async () => {
      const api = await open();
      const id = unknownId;
      const results = [
        await getUser(api, { id }),
        await updateUser(api, { id, body: { name: 'Ada' }, ifMatch: 1 }),
        await deleteUser(api, { id, ifMatch: 1 }),
        await restockProduct(api, { id, body: { quantity: 1, reason: 'Delivery' } }),
      ];
      expect(results.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    });

    it('is sent again only when its version has changed', async () => {
      const token = await getServed().createToken();
      const api = createApi({ baseUrl: getServed().baseUrl, token });
      const { id } = await unwrap(createUser(api, { body: ada }));
      const read = (tag: string) =>
        fetch(`${getServed().baseUrl}/v1/users/${id}`, {
          headers: { authorization: `Bearer ${token}`, 'if-none-match': tag },
        });
      const current = await read('"1"');
      expect([current.status, current.headers.get('etag'), await current.text()]).toEqual([304, '"1"', '']);
      expect((await read('"2"')).status).toBe(200);
    });
  });

  describe('a list', () => {
    it('is read page by page, sorted and filtered', async () => {
      const api = await open();
      for (const name of names) await unwrap(createUser(api, { body: toUser(name) }));
      const collect = async (query: Parameters<typeof listUsers>[1]): Promise<string[]> => {
        const collected: string[] = [];
        for await (const { name } of items(listUsers, api, query)) collected.push(name);
        return collected;
      };
      expect(await collect({ query: { sort: 'name', limit: 2 } })).toEqual(names);
      expect(await collect({ query: { sort: '-name', limit: 5 } })).toEqual(names.toReversed());
      expect(await collect({ query: { email: 'cleo@acme.example' } })).toEqual(['Cleo']);
      expect(await collect({ query: { role: 'owner' } })).toEqual([]);
      const exported: string[] = [];
      for await (const { name } of await unwrap(exportUsers(api))) exported.push(name);
      expect(exported).toEqual(names);
    });

    it('has only the fields that were requested, and bounds', async () => {
      const api = await open();
      for (const [index, amount] of [100, 200, 300].entries()) {
        await unwrap(createProduct(api, { body: { ...tea, sku: `T-${index}`, price: { amount, currency: 'EUR' } } }));
      }
      const query = { sort: 'price', 'price[gte]': 200, fields: 'sku,price' } as const;
      expect((await unwrap(listProducts(api, { query }))).items).toEqual([
        { sku: 'T-1', price: { amount: 200, currency: 'EUR' } },
        { sku: 'T-2', price: { amount: 300, currency: 'EUR' } },
      ]);
    });

    it('refuses a cursor of another list, and any other text', async () => {
      const api = await open();
      for (const name of names) await unwrap(createUser(api, { body: toUser(name) }));
      const { nextCursor: cursor } = await unwrap(listUsers(api, { query: { sort: 'name', limit: 2 } }));
      for (const query of [{ sort: '-name' as const, cursor: String(cursor) }, { cursor: 'nonsense' }]) {
        expect(await listUsers(api, { query })).toMatchObject({ status: 400, problem: { code: 'invalid-cursor' } });
      }
    });
  });

  describe('a refused request', () => {
    it('names its invalid fields', async () => {
      const { status, headers, body } = await post('{"name":"","email":"ada","role":"member"}');
      expect([status, headers.get('content-type')]).toEqual([400, 'application/problem+json; charset=utf-8']);
      expect(body).toMatchObject({
        code: 'invalid-request',
        status: 400,
        instance: '/v1/users',
        fix: expect.any(String),
      });
      expect(body.errors?.map(({ pointer, location }) => [pointer, location])).toEqual([
        ['/name', 'body'],
        ['/email', 'body'],
      ]);
      expect(body.requestId).toBe(headers.get('x-request-id'));
    });

    it.each([
      ['/v1/users?limit=0', 'query', '/limit'],
      ['/v1/users?name=Ada', 'query', '/name'],
      ['/v1/users?limit=1&limit=2', 'query', '/limit'],
      ['/v1/users/unknown', 'params', '/id'],
      ['/v1/users/me?verbose=1', 'query', '/verbose'],
    ])('names the place: %s', async (path, location, pointer) => {
      const { status, body } = await send(path);
      expect([status, body.code]).toEqual([400, 'invalid-request']);
      expect(body.errors?.[0]).toMatchObject({ location, pointer });
    });

    it.each([
      ['without a token', { authorization: '' }, JSON.stringify(ada), 401, 'unauthenticated'],
      ['with a body that is no JSON', {}, '{', 400, 'invalid-request'],
      [
        'with another type of content',
        { 'content-type': 'text/plain' },
        JSON.stringify(ada),
        415,
        'unsupported-media-type',
      ],
    ])('has a code: %s', async (_, headers, text, status, code) => {
      expect(await post(text, headers)).toMatchObject({ status, body: { code, status } });
    });

    it('needs a version to change, and a key to create', async () => {
      const patch = { method: 'PATCH', body: '{"name":"Ada"}', headers: { 'content-type': 'application/json' } };
      expect(await send(`/v1/users/${unknownId}`, patch)).toMatchObject({
        status: 428,
        body: { code: 'precondition-required' },
      });
      const create = { method: 'POST', body: JSON.stringify(order), headers: { 'content-type': 'application/json' } };
      expect(await send('/v1/orders', create)).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/idempotency-key', location: 'header', code: 'invalid-key' }] },
      });
    });
  });

  describe('an idempotency key', () => {
    it('integrity: has one effect, and the same response each time', async () => {
      const api = await open();
      const options = { idempotencyKey: 'key-1' };
      const first = await createUser(api, { body: ada }, options);
      const again = await createUser(api, { body: ada }, options);
      expect(again.ok && again.data).toEqual(first.ok && first.data);
      expect((await unwrap(listUsers(api))).items).toHaveLength(1);
    });

    it('race: has one effect when both requests are sent concurrently', async () => {
      const api = await open();
      const create = () => unwrap(createProduct(api, { body: tea }, { idempotencyKey: 'key-1' }));
      const [first, second] = await Promise.all([create(), create()]);
      expect(second).toEqual(first);
    });

    it('is refused with another body', async () => {
      const api = await open();
      await unwrap(createUser(api, { body: ada }, { idempotencyKey: 'key-1' }));
      expect(await createUser(api, { body: { ...ada, name: 'Bob' } }, { idempotencyKey: 'key-1' })).toMatchObject({
        status: 422,
        problem: { code: 'idempotency-mismatch' },
      });
    });

    it('may be sent again after a stale version', async () => {
      const api = await open();
      const { id } = await unwrap(createUser(api, { body: ada }));
      const update = (ifMatch: number) =>
        updateUser(api, { id, body: { name: 'Ada King' }, ifMatch }, { idempotencyKey: 'key-1' });
      expect(await update(7)).toMatchObject({ status: 412 });
      expect(await update(1)).toMatchObject({ ok: true });
    });
  });
};
