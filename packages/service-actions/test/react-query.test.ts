import { InfiniteQueryObserver, MutationObserver, QueryClient, QueryObserver } from '@tanstack/react-query';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApi, type Fetch, unwrap } from '../src/core/index.ts';
import { createMock } from '../src/mock/index.ts';
import { createProduct, listProducts } from '../src/orders/index.ts';
import { changeQuery, infiniteQueryOptions, mutationOptions, queryOptions, toKey } from '../src/react-query/index.ts';
import { createUser, getMe, getUser, listUsers, updateUser } from '../src/users/index.ts';

const baseUrl = 'https://api.example';
const mock = createMock({ baseUrl });
const server = setupServer(...mock.handlers);
beforeAll(() => server.listen());
afterAll(() => server.close());

const send = vi.fn<Fetch>((url, init) => fetch(url, init));
const api = createApi({ baseUrl, token: 'demo', fetch: send, retries: 0 });
const ada = { name: 'Ada', email: 'ada@acme.example', role: 'member' } as const;

let client: QueryClient;
beforeEach(() => {
  client = new QueryClient();
  client.mount();
});
afterEach(() => {
  client.clear();
  client.unmount();
  mock.reset();
  send.mockClear();
});

describe('a key', () => {
  it('begins with the domain and the route, so that families of reads can be named', () => {
    expect(toKey(getUser, { id: 'u' })).toEqual(['users', 'GET /v1/users/:id', { id: 'u' }]);
    expect(toKey(getUser)).toEqual(['users', 'GET /v1/users/:id']);
  });
});

describe('queryOptions', () => {
  it('reads the data of a route', async () => {
    const { id } = await unwrap(createUser(api, { body: ada }));
    expect(await client.fetchQuery(queryOptions(getUser, api, { id }))).toMatchObject({ ...ada, id });
    expect(client.getQueryData(queryOptions(getUser, api, { id }).queryKey)?.name).toBe('Ada');
    expect(await client.fetchQuery(queryOptions(getMe, api))).toMatchObject({ name: 'Ada Lovelace' });
  });

  it('has the problem as its error, after one try', async () => {
    const observer = new QueryObserver(
      client,
      queryOptions(getUser, api, { id: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d' }),
    );
    const stop = observer.subscribe(() => undefined);
    await vi.waitFor(() => expect(observer.getCurrentResult().error?.problem).toMatchObject({ code: 'not-found' }));
    expect(send).toHaveBeenCalledTimes(1);
    stop();
  });

  it('is aborted with its query', async () => {
    const options = queryOptions(listUsers, api);
    send.mockImplementationOnce(
      (_, { signal }) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    );
    const pending = client.fetchQuery(options).catch((error: unknown) => error);
    await client.cancelQueries({ queryKey: options.queryKey });
    await pending;
    expect(send.mock.calls[0]?.[1].signal?.aborted).toBe(true);
  });
});

describe('infiniteQueryOptions', () => {
  it('reads the next page by its cursor until there is none', async () => {
    for (const name of ['A', 'B', 'C']) {
      await unwrap(createUser(api, { body: { ...ada, name, email: `${name}@acme.example` } }));
    }
    const options = infiniteQueryOptions(listUsers, api, { query: { sort: 'name', limit: 2 } });
    const observer = new InfiniteQueryObserver(client, options);
    const stop = observer.subscribe(() => undefined);
    await vi.waitFor(() => expect(observer.getCurrentResult().hasNextPage).toBe(true));
    const { data, hasNextPage } = await observer.fetchNextPage();
    expect(data?.pages.flatMap(({ items }) => items.map(({ name }) => name))).toEqual(['A', 'B', 'C']);
    expect(hasNextPage).toBe(false);
    stop();
  });

  it('has a key that differs from that of a single page', () => {
    const input = { query: { limit: 2 } };
    expect(infiniteQueryOptions(listUsers, api, input).queryKey).not.toEqual(
      queryOptions(listUsers, api, input).queryKey,
    );
  });
});

describe('mutationOptions', () => {
  const rename = mutationOptions(updateUser, api, {
    optimistic: ({ id, body }) => [changeQuery(getUser, { id }, (user) => ({ ...user, name: body.name ?? user.name }))],
  });

  /** Opens a page that shows a user. */
  const openUser = async () => {
    const { id } = await unwrap(createUser(api, { body: ada }));
    const observer = new QueryObserver(client, queryOptions(getUser, api, { id }));
    const shown: string[] = [];
    const stop = observer.subscribe(({ data }) => {
      const text = data && `${data.name}, version ${data.version}`;
      if (text !== undefined && text !== shown.at(-1)) shown.push(text);
    });
    await vi.waitFor(() => expect(shown).toEqual(['Ada, version 1']));
    return { id, shown, stop };
  };

  it('reads the domain again, and no other', async () => {
    const { stop: stopUser } = await openUser();
    const products = new QueryObserver(client, queryOptions(listProducts, api));
    const stopProducts = products.subscribe(() => undefined);
    await vi.waitFor(() => expect(products.getCurrentResult().isSuccess).toBe(true));
    send.mockClear();
    const body = { sku: 'TEA', name: 'Tea', price: { amount: 100, currency: 'EUR' } };
    await new MutationObserver(client, mutationOptions(createProduct, api)).mutate({ body });
    expect(send.mock.calls.map(([url, { method }]) => `${method} ${new URL(url).pathname}`)).toEqual([
      'POST /v1/products',
      'GET /v1/products',
    ]);
    expect(products.getCurrentResult().data?.items).toHaveLength(1);
    stopUser();
    stopProducts();
  });

  it('shows a change immediately, and then what the API says', async () => {
    const { id, shown, stop } = await openUser();
    await new MutationObserver(client, rename).mutate({ id, body: { name: 'Ada King' }, ifMatch: 1 });
    expect(shown).toEqual(['Ada, version 1', 'Ada King, version 1', 'Ada King, version 2']);
    stop();
  });

  it('integrity: takes a change back after a 412, and reads the version of the other user', async () => {
    const { id, shown, stop } = await openUser();
    await unwrap(updateUser(api, { id, body: { name: 'Ada Byron' }, ifMatch: 1 }));
    const mutation = new MutationObserver(client, rename);
    const error = await mutation
      .mutate({ id, body: { name: 'Ada King' }, ifMatch: 1 })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ problem: { code: 'stale-version', status: 412 } });
    expect(mutation.getCurrentResult().error?.problem.code).toBe('stale-version');
    expect(shown).toEqual(['Ada, version 1', 'Ada King, version 1', 'Ada, version 1', 'Ada Byron, version 2']);
    stop();
  });

  it('race: of several concurrent changes, the last one reads', async () => {
    const { id, stop } = await openUser();
    send.mockClear();
    const mutations = ['B', 'C'].map((name) =>
      new MutationObserver(client, rename).mutate({ id, body: { name }, ifMatch: 1 }),
    );
    const results = await Promise.allSettled(mutations);
    expect(results.map(({ status }) => status).toSorted((left, right) => (left < right ? -1 : 1))).toEqual([
      'fulfilled',
      'rejected',
    ]);
    expect(send.mock.calls.filter(([, { method }]) => method === 'GET')).toHaveLength(1);
    stop();
  });

  it('changes nothing that is not cached', async () => {
    const { id } = await unwrap(createUser(api, { body: ada }));
    await new MutationObserver(client, rename).mutate({ id, body: { name: 'Ada King' }, ifMatch: 1 });
    expect(client.getQueryData(toKey(getUser, { id }))).toBeUndefined();
  });
});
