import { setTimeout as sleep } from 'node:timers/promises';
import { mapConcurrently } from '@plinth/testing';
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

/** One attempt to send a request; `response` is undefined when the connection broke. Times are of `performance.now()`. */
export type Attempt = {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly response: ServiceResponse | undefined;
};

/** Longer than the time limit of any request. */
const requestTimeoutMs = 20_000;
const pauseMs = 50;
const respondedWithinMs = 60_000;

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
export const send = async ({ url, token }: Service, request: KeyedRequest): Promise<Attempt> => {
  const { method, path, body } = request;
  const startedAt = performance.now();
  const attempt = async (): Promise<ServiceResponse | undefined> => {
    if (url === undefined) return undefined;
    const signal = AbortSignal.timeout(requestTimeoutMs);
    const content = body ? { body: JSON.stringify(body) } : {};
    return toResponse(await fetch(`${url}${path}`, { method, headers: toHeaders(token, request), signal, ...content }));
  };
  const response = await attempt().catch(() => undefined);
  return { startedAt, endedAt: performance.now(), response };
};

export const isHandled = ({ response }: Attempt): boolean => response !== undefined && response.status < 500;

/** Repeats a request, as a client with a key does, until its response is not a 5xx. */
export const sendUntilHandled = async (
  service: Service,
  request: KeyedRequest,
): Promise<{ readonly response: ServiceResponse; readonly attempts: readonly Attempt[] }> => {
  const attempts: Attempt[] = [];
  const deadline = performance.now() + respondedWithinMs;
  while (performance.now() < deadline) {
    const attempt = await send(service, request);
    attempts.push(attempt);
    if (attempt.response && isHandled(attempt)) return { response: attempt.response, attempts };
    await sleep(pauseMs);
  }
  const last = attempts.at(-1)?.response?.body ?? 'The connection broke.';
  throw new Error(`${request.method} ${request.path} got no response within ${respondedWithinMs / 1000} s: ${last}`);
};

type SendOptions = { readonly concurrency: number; readonly onResponse?: (response: ServiceResponse) => void };

/** Sends requests, a limited number at a time, each until it has its response. @returns the responses in the same order. */
export const sendAll = (
  service: Service,
  requests: readonly KeyedRequest[],
  { concurrency, onResponse }: SendOptions,
): Promise<ServiceResponse[]> => {
  const sendOne = async (request: KeyedRequest): Promise<ServiceResponse> => {
    const { response } = await sendUntilHandled(service, request);
    onResponse?.(response);
    return response;
  };
  return mapConcurrently(requests, sendOne, concurrency);
};

/** Returns the parts that are the same in every response to one key. */
export const getContent = ({ replayed: _replayed, ...content }: ServiceResponse): Omit<ServiceResponse, 'replayed'> =>
  content;
