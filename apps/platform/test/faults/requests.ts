import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from './service.ts';

export type KeyedRequest = {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly key: string;
  readonly body?: object;
  readonly version?: number;
};

export type ServiceResponse = {
  readonly status: number;
  readonly body: string;
  readonly location: string | null;
  readonly etag: string | null;
  readonly replayed: boolean;
};

/** One sending of a request: without an response when the connection died. Times are those of `performance.now()`. */
export type Try = {
  readonly begunAt: number;
  readonly endedAt: number;
  readonly response: ServiceResponse | undefined;
};

/** Longer than any request may take. */
const givenUpMs = 20_000;
const pauseMs = 50;
const patienceMs = 60_000;

const toHeaders = (token: string, { key, body, version }: KeyedRequest): Record<string, string> => ({
  authorization: `Bearer ${token}`,
  'idempotency-key': key,
  ...(body && { 'content-type': 'application/json' }),
  ...(version !== undefined && { 'if-match': `"${version}"` }),
});

const toResponse = async (response: Response): Promise<ServiceResponse> => ({
  status: response.status,
  body: await response.text(),
  location: response.headers.get('location'),
  etag: response.headers.get('etag'),
  replayed: response.headers.get('idempotency-replayed') === 'true',
});

/** Sends a request once. */
export const send = async ({ url, token }: Service, request: KeyedRequest): Promise<Try> => {
  const { method, path, body } = request;
  const begunAt = performance.now();
  const attempt = async (): Promise<ServiceResponse | undefined> => {
    if (url === undefined) return undefined;
    const signal = AbortSignal.timeout(givenUpMs);
    const content = body ? { body: JSON.stringify(body) } : {};
    return toResponse(await fetch(`${url}${path}`, { method, headers: toHeaders(token, request), signal, ...content }));
  };
  const response = await attempt().catch(() => undefined);
  return { begunAt, endedAt: performance.now(), response };
};

export const isAnswered = ({ response }: Try): boolean => response !== undefined && response.status < 500;

/** Sends a request again and again, as a client with a key does, until it is answered by something else than a 5xx. */
export const sendUntilAnswered = async (
  service: Service,
  request: KeyedRequest,
): Promise<{ readonly response: ServiceResponse; readonly tries: readonly Try[] }> => {
  const tries: Try[] = [];
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    const once = await send(service, request);
    tries.push(once);
    if (once.response && isAnswered(once)) return { response: once.response, tries };
    await sleep(pauseMs);
  }
  const last = tries.at(-1)?.response?.body ?? 'The connection died.';
  throw new Error(`${request.method} ${request.path} was not answered within ${patienceMs / 1000} s: ${last}`);
};

type Senders = { readonly senders: number; readonly onAnswer?: (response: ServiceResponse) => void };

/** Sends requests, by so many senders at once, each until it is answered. @returns the responses, in the same order. */
export const sendAll = async (
  service: Service,
  requests: readonly KeyedRequest[],
  { senders, onAnswer }: Senders,
): Promise<ServiceResponse[]> => {
  const responses: ServiceResponse[] = [];
  const waiting = [...requests.entries()];
  const sendThem = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [at, request] = next;
      const { response } = await sendUntilAnswered(service, request);
      responses[at] = response;
      onAnswer?.(response);
    }
  };
  await Promise.all(Array.from({ length: senders }, sendThem));
  return responses;
};

/** What is the same in every response to one key. */
export const getContent = ({ replayed: _replayed, ...content }: ServiceResponse): Omit<ServiceResponse, 'replayed'> =>
  content;
