import {
  ApiError,
  type Contract,
  commonErrors,
  getDeclaredErrors,
  getSuccess,
  type RouteSpec,
  toProblem,
} from '@plinth/contract-kit';
import { type HttpHandler, HttpResponse, http } from 'msw';
import { findLocation, operate, toETag } from './operate.ts';
import { type MockRequest, readRequest } from './request.ts';
import type { Fields } from './resource.ts';
import { createId, createStore, type Resource, type Store } from './store.ts';

/** A call of an operation, as `respond` receives it. */
export type MockCall = Pick<MockRequest, 'params' | 'query' | 'body'> & {
  /** The resource that the path names. */
  readonly resource: Resource | undefined;
  /** Responds with a problem of the route. */
  readonly fail: (code: string, data?: unknown) => never;
};

export type MockOptions = {
  /** That of `createApi`. */
  readonly baseUrl: string;
  /**
   * The rules of operations, by their ids. Contracts have no such rules, so a function returns the fields that replace those of the
   * mock, such as `suspendUser: () => ({ status: 'suspended' })`.
   */
  readonly respond?: Readonly<Record<string, (call: MockCall) => Fields | undefined>>;
};

type StoredResponse = {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | null;
};

const methods = { GET: 'get', POST: 'post', PATCH: 'patch', PUT: 'put', DELETE: 'delete' } as const;

const createFail =
  (route: RouteSpec) =>
  (code: string, data?: unknown): never => {
    const spec = getDeclaredErrors(route).find((error) => error.code === code);
    if (!spec) throw new TypeError(`${route.method} ${route.path} has no problem '${code}'.`);
    throw new ApiError(spec, data);
  };

/** Returns a text that is equal for equal values, whatever the order of their fields. */
const toCanonical = (value: unknown): string =>
  JSON.stringify(value, (_, field: unknown) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : field,
  ) ?? '';

type Served = { readonly operationId: string; readonly route: RouteSpec };

/** A path without parameters is tried before one with a parameter at its place. */
const toServed = (contracts: readonly Contract[]): Served[] =>
  contracts
    .flatMap(({ routes }) => Object.entries(routes).map(([operationId, route]) => ({ operationId, route })))
    .toSorted((left, right) => left.route.path.split(':').length - right.route.path.split(':').length);

type Context = {
  readonly operation: Served;
  readonly routes: readonly RouteSpec[];
  readonly store: Store;
  readonly rule: ((call: MockCall) => Fields | undefined) | undefined;
  readonly url: URL;
  readonly requestId: string;
};

const perform = ({ operation: { route }, routes, store, rule, url }: Context, request: MockRequest): StoredResponse => {
  const respond = (resource: Resource | undefined) => rule?.({ ...request, resource, fail: createFail(route) });
  const result = operate({ route, request, store, routes, respond });
  const { status } = getSuccess(route);
  const etag = result === undefined ? undefined : toETag(route, result);
  const location = findLocation(route, routes, url.pathname);
  const headers = {
    ...(etag !== undefined && { etag }),
    ...(location !== undefined && { location: `${location}/${(result as Resource).id}` }),
  };
  const isCurrent = etag !== undefined && route.method === 'GET' && request.ifNoneMatch?.includes(etag);
  if (isCurrent) return { status: 304, headers, body: null };
  if (result === undefined) return { status, headers, body: null };
  const [type, body] = route.stream
    ? ['application/x-ndjson', (result as readonly unknown[]).map((item) => `${JSON.stringify(item)}\n`).join('')]
    : ['application/json', JSON.stringify(result)];
  return { status, headers: { ...headers, 'content-type': `${type}; charset=utf-8` }, body };
};

const toRefusal = (error: unknown, { requestId, url }: Context): StoredResponse => {
  if (!(error instanceof ApiError)) throw error;
  const problem = toProblem(error, { requestId, instance: url.pathname, publicUrl: url.origin });
  return {
    status: error.status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      ...(error.status === 401 && { 'www-authenticate': 'Bearer realm="plinth"' }),
    },
    body: JSON.stringify(problem),
  };
};

const performOrRefuse = (context: Context, request: MockRequest): StoredResponse => {
  try {
    return perform(context, request);
  } catch (error) {
    return toRefusal(error, context);
  }
};

/** The statuses of a stale and of a missing version: the corrected request has the same key. */
const versionStatuses = [412, 428];

const createKeys = () => {
  const records = new Map<string, { readonly fingerprint: string; readonly response: StoredResponse }>();
  return {
    clear: (): void => records.clear(),
    /** Repeats a stored response, or runs the operation and stores its response. */
    once: (operationId: string, request: MockRequest, run: () => StoredResponse): StoredResponse => {
      const { idempotencyKey, token, params, query, body } = request;
      if (idempotencyKey === undefined) return run();
      const key = `${token} ${operationId} ${idempotencyKey}`;
      const fingerprint = toCanonical([params, query, body]);
      const record = records.get(key);
      if (record && record.fingerprint !== fingerprint) throw commonErrors.idempotencyMismatch();
      if (record)
        return { ...record.response, headers: { ...record.response.headers, 'idempotency-replayed': 'true' } };
      const response = run();
      if (!versionStatuses.includes(response.status)) records.set(key, { fingerprint, response });
      return response;
    },
  };
};

/** Creates the handlers of contracts and their memory. */
export const createHandlers = (contracts: readonly Contract[], { baseUrl, respond = {} }: MockOptions) => {
  const [store, keys] = [createStore(), createKeys()];
  const served = toServed(contracts);
  const routes = served.map(({ route }) => route);

  const respondTo = async (operation: Served, request: Request, params: Readonly<Record<string, string>>) => {
    const requestId = request.headers.get('x-request-id') ?? createId();
    const rule = respond[operation.operationId];
    const context = { operation, routes, store, rule, url: new URL(request.url), requestId };
    const { status, headers, body } = await readRequest(operation.route, request, params)
      .then((read) => keys.once(operation.operationId, read, () => performOrRefuse(context, read)))
      .catch((error: unknown) => toRefusal(error, context));
    return new HttpResponse(body, {
      status,
      headers: { 'cache-control': 'no-store', 'x-request-id': requestId, ...headers },
    });
  };

  const root = baseUrl.replace(/\/+$/, '');
  const handlers: HttpHandler[] = served.map((operation) =>
    http[methods[operation.route.method]](root + operation.route.path, ({ request, params }) =>
      respondTo(operation, request, params as Record<string, string>),
    ),
  );
  return {
    /** Pass them to `setupServer` or `setupWorker` of MSW. */
    handlers,
    /** Forgets all resources and responses, as between two tests. */
    reset: (): void => {
      store.clear();
      keys.clear();
    },
  };
};
