import { randomUUID } from 'node:crypto';

export const kinds = ['get', 'list', 'post'] as const;
export type Kind = (typeof kinds)[number];

export const titles: Readonly<Record<Kind, string>> = {
  get: 'GET /v1/users/:id',
  list: 'GET /v1/users?limit=20',
  post: 'POST /v1/users',
};

export type Headers = Readonly<Record<string, string>>;
export type Target = { readonly url: string; readonly headers: Headers };

/** A request and its expected response. */
export type Exchange = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Headers;
  readonly body?: string;
  readonly status: number;
  /** A part that only the right body has. */
  readonly bodyPart: string;
};

const createPost = (): Exchange => {
  const email = `bench.${randomUUID()}@example.com`;
  const body = JSON.stringify({ name: 'Ada Lovelace', email, role: 'member' });
  const headers = { 'content-type': 'application/json' };
  return { method: 'POST', path: '/v1/users', headers, body, status: 201, bodyPart: `"email":"${email}"` };
};

/** Creates a source of requests, of which any number may be in flight. */
export const createExchanges = (kind: Kind, ids: readonly string[]): (() => Exchange) => {
  let index = 0;
  const get = (): Exchange => {
    const id = ids[index % ids.length] ?? '';
    index += 1;
    return { method: 'GET', path: `/v1/users/${id}`, status: 200, bodyPart: `"id":"${id}"` };
  };
  const list = { method: 'GET', path: '/v1/users?limit=20', status: 200, bodyPart: '"nextCursor":"' } as const;
  return { get, list: () => list, post: createPost }[kind];
};

/** @throws when a response is not the expected one. */
export const assertResponse = (exchange: Exchange, { status, body }: { status: number; body: string }): void => {
  if (status !== exchange.status || !body.includes(exchange.bodyPart)) {
    throw new Error(`${exchange.method} ${exchange.path} returned ${status} and an unexpected body: ${body}`);
  }
};

/** Sends a request and returns the body of its response. @throws when it is not the expected one. */
export const send = async ({ url, headers }: Target, exchange: Exchange): Promise<string> => {
  const { method, path, body = null } = exchange;
  // Otherwise fetch accepts compressed responses, which only the platform sends.
  const sent = { 'accept-encoding': 'identity', ...headers, ...exchange.headers };
  const response = await fetch(`${url}${path}`, { method, headers: sent, body });
  const received = { status: response.status, body: await response.text() };
  assertResponse(exchange, received);
  return received.body;
};
