/** Compile-time checks of the client: each line below `@ts-expect-error` must not compile. */
import { MutationObserver, type QueryClient, QueryObserver } from '@tanstack/react-query';
import { createApi, items, unwrap } from '../src/core/index.ts';
import { getOrder, listOrders, placeOrder } from '../src/orders/index.ts';
import { infiniteQueryOptions, mutationOptions, queryOptions } from '../src/react-query/index.ts';
import { deleteUser, exportUsers, getMe, getUser, listUsers, updateUser } from '../src/users/index.ts';

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const assertType = <T extends true>(_?: T): void => undefined;

const api = createApi({ baseUrl: 'https://api.example' });
const shippingAddress = { recipient: 'Ada', street: 'Street 1', city: 'Bern', country: 'CH' };

/** Every code of `placeOrder`. A code that is missing here makes the function return `undefined`, which does not compile. */
export const explain = async (): Promise<string> => {
  const result = await placeOrder(api, { body: { customer: { userId: 'u' }, lines: [], shippingAddress } });
  if (result.ok) {
    assertType<Equals<typeof result.status, 201>>();
    return result.data.total.currency;
  }
  const { problem } = result;
  switch (problem.code) {
    case 'out-of-stock':
    case 'product-unavailable':
    case 'duplicate-product':
      assertType<Equals<typeof problem.data.productId, string>>();
      return problem.data.productId;
    case 'currency-mismatch':
      return problem.data.currencies.join();
    case 'forbidden':
      assertType<Equals<typeof problem.status, 403>>();
      return problem.data.permission;
    case 'invalid-request':
      return problem.errors?.[0]?.pointer ?? problem.detail;
    case 'connection-failed':
    case 'timed-out':
    case 'aborted':
    case 'invalid-path':
    case 'invalid-body':
    case 'token-unavailable':
      assertType<Equals<typeof problem.status, 0>>();
      return problem.title;
    case 'unexpected-response':
      return String(problem.cause);
    case 'amount-too-large':
    case 'prices-changed':
    case 'voucher-not-applicable':
    case 'voucher-unavailable':
    case 'voucher-used-up':
    case 'unauthenticated':
    case 'token-expired':
    case 'idempotency-mismatch':
    case 'payload-too-large':
    case 'change-too-large':
    case 'outcome-unknown':
    case 'quota-exceeded':
    case 'unsupported-media-type':
    case 'not-acceptable':
    case 'request-timeout':
    case 'headers-too-large':
    case 'rate-limited':
    case 'internal':
    case 'unavailable':
    case 'upstream-timeout':
      return problem.fix;
  }
};

export const reads = async (): Promise<void> => {
  const result = await getOrder(api, { id: 'o' });
  if (!result.ok) {
    // @ts-expect-error -- the route has no such problem
    if (result.problem.code === 'out-of-stock') return;
    // @ts-expect-error -- the data of a problem is typed by its code
    void result.problem.data;
    return;
  }
  const { createdAt } = result.data;
  // A time is text on the wire.
  assertType<Equals<typeof createdAt, string>>();
  await getMe(api);
  await getMe(api, {}, { signal: new AbortController().signal });
  await listUsers(api);
  await listUsers(api, { query: { role: 'owner', 'createdAt[gte]': '2026-01-31T09:30:00Z', sort: '-createdAt' } });
  for await (const order of items(listOrders, api, { query: { status: 'placed,paid' } })) void order.total.amount;
  for await (const user of await unwrap(exportUsers(api))) void user.email;
};

export const mistakes = async (): Promise<void> => {
  // @ts-expect-error -- the path has a parameter
  await getUser(api);
  // @ts-expect-error -- a misspelt parameter
  await getUser(api, { userId: 'u' });
  // @ts-expect-error -- a role that does not exist
  await listUsers(api, { query: { role: 'root' } });
  // @ts-expect-error -- a sort that the list does not have
  await listUsers(api, { query: { sort: 'email' } });
  // @ts-expect-error -- no body
  await placeOrder(api, {});
  // @ts-expect-error -- a change without the version that it is meant for
  await updateUser(api, { id: 'u', body: { name: 'Ada' } });
  // @ts-expect-error -- a deletion without the version
  await deleteUser(api, { id: 'u' });
  await updateUser(api, { id: 'u', body: { name: 'Ada' }, ifMatch: 3 });
  // @ts-expect-error -- a response without an ETag
  await updateUser(api, { id: 'u', body: { name: 'Ada' }, ifMatch: null });
  // @ts-expect-error -- not a list
  for await (const item of items(getMe, api)) void item;
};

/** Problems narrow inside of hooks too, and cached data has its type. */
export const inHooks = (client: QueryClient): void => {
  const { error, data } = new QueryObserver(client, queryOptions(getOrder, api, { id: 'o' })).getCurrentResult();
  if (error?.problem.code === 'forbidden') void error.problem.data.permission;
  // @ts-expect-error -- the route has no such problem
  if (error?.problem.code === 'out-of-stock') return;
  void data?.total.amount;
  void client.prefetchQuery(queryOptions(listOrders, api));
  const cached = client.getQueryData(queryOptions(getOrder, api, { id: 'o' }).queryKey);
  assertType<Equals<typeof cached, typeof data>>();
  const place = new MutationObserver(client, mutationOptions(placeOrder, api)).getCurrentResult();
  if (place.error?.problem.code === 'out-of-stock') void place.error.problem.data.productId;
  // @ts-expect-error -- a change is not a query
  queryOptions(placeOrder, api, { body: {} as never });
  // @ts-expect-error -- nor is a stream
  queryOptions(exportUsers, api);
  // @ts-expect-error -- not a list
  infiniteQueryOptions(getMe, api);
  // @ts-expect-error -- the path has a parameter
  queryOptions(getOrder, api);
};
