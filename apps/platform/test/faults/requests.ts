import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from './service.ts';

export type KeyedRequest = {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly key: string;
  readonly body?: object;
  readonly version?: number;
};

export type Answer = {
  readonly status: number;
  readonly body: string;
  readonly location: string | null;
  readonly etag: string | null;
  readonly replayed: boolean;
};

/** One sending of a request: without an answer when the connection died. Times are those of `performance.now()`. */
export type Try = { readonly begunAt: number; readonly endedAt: number; readonly answer: Answer | undefined };

/** Longer than any request may take. */
const givenUpMs = 20_000;
const pauseMs = 50;
const patienceMs = 60_000;

const headersOf = (token: string, { key, body, version }: KeyedRequest): Record<string, string> => ({
  authorization: `Bearer ${token}`,
  'idempotency-key': key,
  ...(body && { 'content-type': 'application/json' }),
  ...(version !== undefined && { 'if-match': `"${version}"` }),
});

const toResponse = async (response: Response): Promise<Answer> => ({
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
  const attempt = async (): Promise<Answer | undefined> => {
    if (url === undefined) return undefined;
    const signal = AbortSignal.timeout(givenUpMs);
    const content = body ? { body: JSON.stringify(body) } : {};
    return toResponse(await fetch(`${url}${path}`, { method, headers: headersOf(token, request), signal, ...content }));
  };
  const answer = await attempt().catch(() => undefined);
  return { begunAt, endedAt: performance.now(), answer };
};

export const isAnswered = ({ answer }: Try): boolean => answer !== undefined && answer.status < 500;

/** Sends a request again and again, as a client with a key does, until it is answered by something else than a 5xx. */
export const sendUntilAnswered = async (
  service: Service,
  request: KeyedRequest,
): Promise<{ readonly answer: Answer; readonly tries: readonly Try[] }> => {
  const tries: Try[] = [];
  const deadline = performance.now() + patienceMs;
  while (performance.now() < deadline) {
    const once = await send(service, request);
    tries.push(once);
    if (once.answer && isAnswered(once)) return { answer: once.answer, tries };
    await sleep(pauseMs);
  }
  const last = tries.at(-1)?.answer?.body ?? 'The connection died.';
  throw new Error(`${request.method} ${request.path} was not answered within ${patienceMs / 1000} s: ${last}`);
};

type Senders = { readonly senders: number; readonly onAnswer?: (answer: Answer) => void };

/** Sends requests, by so many senders at once, each until it is answered. @returns the answers, in the same order. */
export const sendAll = async (
  service: Service,
  requests: readonly KeyedRequest[],
  { senders, onAnswer }: Senders,
): Promise<Answer[]> => {
  const answers: Answer[] = [];
  const waiting = [...requests.entries()];
  const sendThem = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [at, request] = next;
      const { answer } = await sendUntilAnswered(service, request);
      answers[at] = answer;
      onAnswer?.(answer);
    }
  };
  await Promise.all(Array.from({ length: senders }, sendThem));
  return answers;
};

/** What is the same in every answer to one key. */
export const contentOf = ({ replayed: _replayed, ...content }: Answer): Omit<Answer, 'replayed'> => content;
