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
  /** Called when all connections have been created. */
  readonly onStart?: () => void;
};

/** To build a request costs as much as to send it, so a connection repeats this number of those that may be sent again. */
const repeatedRequests = 20;
/** How often autocannon looks whether the time is over. */
const sampleMs = 50;
const errorOf = (cause: unknown): Error => (cause instanceof Error ? cause : new Error(String(cause)));

/**
 * Sends the next request on each connection when the last one is answered.
 * @throws when a response is not the expected one, or when a connection fails.
 */
export const runClosedLoop = async (options: LoopOptions) => {
  const { url, headers, nextExchange, connections, seconds, isRepeatable, mayReject, onStart } = options;
  let completed = 0;
  let rejected = 0;
  let failure: Error | undefined;
  const fail = (cause: unknown): void => {
    failure ??= errorOf(cause);
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
  const toRequest = (exchange: Exchange): autocannon.Request => ({
    method: exchange.method,
    path: exchange.path,
    headers: { ...headers, ...exchange.headers },
    body: exchange.body ?? '',
    onResponse: (status, body) => check(exchange, { status, body }),
  });
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
  const run = autocannon({ url, connections, duration: seconds, sampleInt: sampleMs, ...requests }, () => undefined);
  run.on('reqError', fail).once('start', () => onStart?.());
  await once(run, 'done');
  if (failure) throw failure;
  return { completed, rejected };
};
