import { once } from 'node:events';
import autocannon from 'autocannon';
import { assertResponse, type Exchange, type Headers } from './requests.ts';

export type LoopOptions = {
  readonly url: string;
  readonly headers: Headers;
  readonly nextExchange: () => Exchange;
  readonly connections: number;
  readonly seconds: number;
  /** True for requests that may be sent again. */
  readonly isRepeatable?: boolean;
  /** True where the server may reject requests with 503. */
  readonly mayReject?: boolean;
  /** The load before counting starts, until the queue of the server has its final length. */
  readonly warmUpSeconds?: number;
  /** Called when counting starts. */
  readonly onStart?: () => void;
};

/** A connection cycles through this number of repeatable requests, because building a request costs as much as sending it. */
const repeatedRequests = 20;
/** The interval at which autocannon checks whether the duration has passed. */
const sampleMs = 50;
const toError = (cause: unknown): Error => (cause instanceof Error ? cause : new Error(String(cause)));

const createRequest = (
  { method, path, headers, body = '' }: Exchange,
  shared: { readonly headers: Headers; readonly onResponse: (status: number, body: string) => void },
): autocannon.Request => ({ ...shared, method, path, headers: { ...shared.headers, ...headers }, body });

/**
 * Sends the next request on each connection when the last one has its response.
 * @throws when a response is not the expected one, or when a connection fails.
 */
export const runClosedLoop = async (options: LoopOptions) => {
  const { url, headers, nextExchange, connections, seconds, isRepeatable, mayReject } = options;
  const { warmUpSeconds = 0.25, onStart } = options;
  let completed = 0;
  let rejected = 0;
  let failure: Error | undefined;
  const fail = (cause: unknown): void => {
    failure ??= toError(cause);
    run.stop();
  };
  const check = (exchange: Exchange, response: { status: number; body: string }): void => {
    if (mayReject && response.status === 503) {
      rejected += 1;
      return;
    }
    try {
      assertResponse(exchange, response);
      completed += 1;
    } catch (cause) {
      fail(cause);
    }
  };
  const toRequest = (exchange: Exchange) =>
    createRequest(exchange, { headers, onResponse: (status, body) => check(exchange, { status, body }) });
  const newRequest: autocannon.Request = {
    setupRequest: (defaults, context: { exchange?: Exchange }) => {
      context.exchange = nextExchange();
      return { ...defaults, ...toRequest(context.exchange) };
    },
    onResponse: (status, body, context: { exchange?: Exchange }) =>
      check(context.exchange as Exchange, { status, body }),
  };
  const setupClient = (client: autocannon.Client): void =>
    client.setRequests(Array.from({ length: repeatedRequests }, () => toRequest(nextExchange())));
  const requests = isRepeatable ? { setupClient } : { requests: [newRequest] };
  const run = autocannon(
    { url, connections, duration: warmUpSeconds + seconds, sampleInt: sampleMs, ...requests },
    () => undefined,
  );
  run.on('reqError', fail);
  const warmUp = setTimeout(() => {
    completed = 0;
    rejected = 0;
    onStart?.();
  }, warmUpSeconds * 1000);
  await once(run, 'done');
  clearTimeout(warmUp);
  if (failure) throw failure;
  return { completed, rejected };
};
