import type { Api, CachedResponse } from './api.ts';
import { type ClientCode, toFailure } from './problem.ts';
import { type AnyInput, toHeaders, toPath } from './request.ts';
import { type AnyResult, type RouteConstants, readResponse } from './response.ts';
import type { CallOptions } from './types.ts';

export type Call = {
  readonly api: Api;
  readonly route: RouteConstants;
  readonly input: AnyInput;
  readonly options: CallOptions;
};

type Sending = Omit<Call, 'input'> & {
  readonly url: string;
  /** Undefined without a body. */
  readonly body: string | Blob;
  readonly headers: Readonly<Record<string, string>>;
  readonly isRead: boolean;
  /** Aborted by the caller, or at the time limit of the call. */
  readonly stop: AbortSignal;
  readonly endsAtMs: number;
};

/** The statuses of a missing response (0), and of a proxy or an API that cannot respond now. */
const repeatedStatuses = [0, 408, 429, 502, 503, 504];
const firstDelayMs = 200;
const delayMsMax = 5000;

/** Sends a request once. Returns its result, and the seconds of `Retry-After`. */
const sendOnce = async (sending: Sending, token: string | undefined) => {
  const { api, route, options, url, body, headers, isRead, stop } = sending;
  // `/v1/users/me` is another user for another token.
  const key = `${token} ${url}`;
  const cached = isRead ? api.cache.get(key) : undefined;
  try {
    const response = await api.fetch(url, {
      method: route.method,
      body,
      headers: {
        // A file has a type of its own, which `fetch` sends.
        ...(typeof body === 'string' && { 'content-type': 'application/json' }),
        ...headers,
        ...(token && { authorization: `Bearer ${token}` }),
        ...(cached && { 'if-none-match': cached.etag }),
      },
      // The items of a stream may take longer than a try.
      signal: route.readItems ? stop : AbortSignal.any([stop, AbortSignal.timeout(api.tryTimeoutMs)]),
    });
    const keep = (kept: CachedResponse): void => {
      if (isRead) api.keep(key, kept);
    };
    const result = await readResponse(response, { api, route, cached, keep, signal: options.signal });
    return { result, retryAfter: Number(response.headers.get('retry-after')) || 0 };
  } catch (cause) {
    const isTimeout = (cause as Error).name === 'TimeoutError';
    return { result: toFailure(isTimeout ? 'timed-out' : 'connection-failed', 0, cause), retryAfter: 0 };
  }
};

/** Waits for `delayMs`, or until the call is stopped. */
const wait = (delayMs: number, stop: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timeout);
      resolve();
    };
    const timeout = setTimeout(end, delayMs);
    stop.addEventListener('abort', end);
  });

/** Sends a request, and repeats it where that is safe: a read, or a write with its idempotency key. */
const send = async (sending: Sending): Promise<AnyResult> => {
  const { api, route, isRead, stop, endsAtMs } = sending;
  const getToken = route.isPublic ? undefined : api.getToken;
  let refused: string | undefined;
  for (let tries = 0; ; ) {
    const token = await getToken?.(refused);
    const { result, retryAfter } = await sendOnce(sending, token);
    const { status } = result;
    if (status === 401 && getToken && refused === undefined) {
      refused = token;
      if ((await getToken(refused)) !== refused) continue;
    }
    // Full jitter, in addition to the time that the API requests, so that clients do not all return at the same moment.
    const delayMs = retryAfter * 1000 + Math.random() * Math.min(firstDelayMs * 2 ** tries, delayMsMax);
    const isRepeated = repeatedStatuses.includes(status) && (isRead || !route.isPublic || status === 429);
    if (!isRepeated || stop.aborted || ++tries > api.retries || Date.now() + delayMs > endsAtMs) return result;
    await wait(delayMs, stop);
  }
};

/** Calls a route. Resolves with a result in every case, and immediately when the signal is aborted. */
export const call = async ({ api, route, input, options }: Call): Promise<AnyResult> => {
  const { signal, timeoutMs = api.timeoutMs } = options;
  if (signal?.aborted) return toFailure('aborted');
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), timeoutMs);
  const stop = signal ? AbortSignal.any([signal, timer.signal]) : timer.signal;
  const stopped = new Promise<AnyResult>((resolve) => {
    stop.addEventListener('abort', () => resolve(toFailure(signal?.aborted ? 'aborted' : 'timed-out')));
  });
  const isRead = route.method === 'GET';
  let code: ClientCode = 'invalid-path';
  try {
    const url = api.baseUrl + toPath(route.path, input);
    code = 'invalid-body';
    // Undefined without a body, whatever the type says. Throws for what JSON cannot represent, such as a `bigint`.
    const body = input.body instanceof Blob ? input.body : JSON.stringify(input.body);
    code = 'token-unavailable';
    const sending = {
      api,
      route,
      options,
      url,
      body,
      headers: toHeaders(!(isRead || route.isPublic), input, options),
      isRead,
      stop,
      endsAtMs: Date.now() + timeoutMs,
    };
    return await Promise.race([send(sending), stopped]);
  } catch (cause) {
    return toFailure(code, 0, cause);
  } finally {
    clearTimeout(timeout);
  }
};
