import { randomUUID } from 'node:crypto';

export const kinds = ['get', 'list', 'post', 'patch'] as const;
export type Kind = (typeof kinds)[number];

export const titles: Readonly<Record<Kind, string>> = {
  get: 'GET /v1/users/:id',
  list: 'GET /v1/users?limit=20',
  post: 'POST /v1/users',
  patch: 'PATCH /v1/users/:id',
};

export type Headers = Readonly<Record<string, string>>;
export type Target = { readonly url: string; readonly headers: Headers };

/** A request and its expected response. */
export type Exchange = {
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly headers?: Headers;
  readonly body?: string;
  readonly status: number;
  /** A part that only the right body has. */
  readonly bodyPart: string;
  /** Called after the right response. */
  readonly onSuccess?: () => void;
};

const json = { 'content-type': 'application/json' } as const;

const createPost = (): Exchange => {
  const email = `bench.${randomUUID()}@example.com`;
  const body = JSON.stringify({ name: 'Ada Lovelace', email, role: 'member' });
  return { method: 'POST', path: '/v1/users', headers: json, body, status: 201, bodyPart: `"email":"${email}"` };
};

/** Each PATCH takes a user that no other one changes, with the version that the last change has left. */
const createPatches = (ids: readonly string[]) => {
  const idle = ids.map((id) => ({ id, version: 1 }));
  return (): Exchange => {
    const user = idle.shift();
    if (!user) throw new Error('More PATCH requests are in flight than there are users.');
    const { id, version } = user;
    return {
      method: 'PATCH',
      path: `/v1/users/${id}`,
      headers: { ...json, 'if-match': `"${version}"` },
      body: JSON.stringify({ name: `Ada Lovelace ${version}` }),
      status: 200,
      bodyPart: `"version":${version + 1},`,
      onSuccess: () => void idle.push({ id, version: version + 1 }),
    };
  };
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
  return { get, list: () => list, post: createPost, patch: createPatches(ids) }[kind];
};

/** @throws when a response is not the expected one. */
export const assertResponse = (exchange: Exchange, { status, body }: { status: number; body: string }): void => {
  if (status !== exchange.status || !body.includes(exchange.bodyPart)) {
    throw new Error(`${exchange.method} ${exchange.path} returned ${status} and an unexpected body: ${body}`);
  }
  exchange.onSuccess?.();
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
