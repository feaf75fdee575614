import autocannon from 'autocannon';
import { assertResponse, type Exchange, type Headers } from './requests.ts';

export type LoopOptions = {
  readonly url: string;
  readonly headers: Headers;
  readonly nextExchange: () => Exchange;
  readonly connections: number;
  readonly seconds: number;
  /** True where the server may reject requests with 503. */
  readonly mayReject?: boolean;
};

/** How often autocannon looks whether the time is over. */
const sampleMs = 50;
const errorOf = (cause: unknown): Error => (cause instanceof Error ? cause : new Error(String(cause)));

/**
 * Sends the next request on each connection when the last one is answered.
 * @throws when a response is not the expected one, or when a connection fails.
 */
export const runClosedLoop = async ({ nextExchange, mayReject, connections, seconds, ...target }: LoopOptions) => {
  let completed = 0;
  let rejected = 0;
  let failure: Error | undefined;
  const check = (exchange: Exchange, response: { status: number; body: string }): void => {
    if (mayReject && response.status === 503) {
      rejected += 1;
      return;
    }
    assertResponse(exchange, response);
    completed += 1;
  };
  const request: autocannon.Request = {
    setupRequest: (defaults, context: { exchange?: Exchange }) => {
      const { method, path, headers, body = '' } = (context.exchange = nextExchange());
      return { ...defaults, method, path, headers: { ...target.headers, ...headers }, body };
    },
    onResponse: (status, body, context: { exchange?: Exchange }) => {
      try {
        check(context.exchange as Exchange, { status, body });
      } catch (cause) {
        fail(cause);
      }
    },
  };
  const options = { url: target.url, connections, duration: seconds, sampleInt: sampleMs, requests: [request] };
  const run = autocannon(options, () => undefined);
  const fail = (cause: unknown): void => {
    failure ??= errorOf(cause);
    run.stop();
  };
  run.on('reqError', fail);
  await new Promise((resolve) => run.once('done', resolve));
  if (failure) throw failure;
  return { completed, rejected };
};
