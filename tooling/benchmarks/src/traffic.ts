import { once } from 'node:events';
import { createHistogram } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import autocannon from 'autocannon';
import { assertResponse, type Exchange, send, type Target } from './requests.ts';

type TrafficOptions = Target & { readonly nextExchange: () => Exchange; readonly seconds: number };

type LoopOptions = TrafficOptions & {
  readonly connections: number;
  /** The load before counting starts. */
  readonly warmUpSeconds: number;
  /** True for requests that may be sent again. */
  readonly isRepeatable?: boolean;
  /** True where the server may reject requests with 503. */
  readonly mayReject?: boolean;
};

/** A connection cycles through this number of repeatable requests, because building a request costs as much as sending it. */
const repeatedRequests = 20;
/** The interval at which autocannon checks whether the duration has passed. */
const sampleMs = 50;

/**
 * Sends the next request on each connection when the last one has its response.
 * @throws when a response is not the expected one, or when a connection fails.
 */
export const runClosedLoop = async ({ url, headers, nextExchange, connections, seconds, ...options }: LoopOptions) => {
  const { warmUpSeconds, isRepeatable, mayReject } = options;
  let counts = { completed: 0, rejected: 0 };
  let failure: unknown;
  const fail = (cause: unknown): void => {
    failure ??= cause;
    run.stop();
  };
  const createRequest = (): autocannon.Request => {
    const exchange = nextExchange();
    const { method, path, body = '' } = exchange;
    const onResponse = (status: number, text: string): void => {
      const isRejected = mayReject && status === 503;
      try {
        if (!isRejected) assertResponse(exchange, { status, body: text });
        counts[isRejected ? 'rejected' : 'completed'] += 1;
      } catch (cause) {
        fail(cause);
      }
    };
    return { method, path, headers: { ...headers, ...exchange.headers }, body, onResponse };
  };
  const setupClient = (client: autocannon.Client): void => {
    const length = isRepeatable ? repeatedRequests : 1;
    const setRequests = (): void => client.setRequests(Array.from({ length }, createRequest));
    setRequests();
    if (!isRepeatable) client.on('response', setRequests);
  };
  const duration = warmUpSeconds + seconds;
  const run = autocannon({ url, connections, duration, sampleInt: sampleMs, setupClient }, () => undefined);
  run.on('reqError', fail);
  const warmUp = setTimeout(() => (counts = { completed: 0, rejected: 0 }), warmUpSeconds * 1000);
  const [{ latency }] = (await once(run, 'done')) as [autocannon.Result];
  clearTimeout(warmUp);
  if (failure) throw failure;
  return { ...counts, p50Ms: latency.p50, p99Ms: latency.p99 };
};

/** A clock that `arrivals-timer.ts` reads too, in its thread. */
const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/**
 * Sends requests at the random moments of a Poisson process, however slow the responses are. Latencies count from those
 * moments, so that a stall is charged to every request that had to wait.
 * @throws when a response is not the expected one.
 */
export const runArrivals = async (options: TrafficOptions & { readonly perSecond: number }) => {
  const { nextExchange, perSecond, seconds, ...target } = options;
  const latencyMicros = createHistogram();
  let failure: unknown;
  const arrive = async (dueMs: number): Promise<void> => {
    try {
      await send(target, nextExchange());
      latencyMicros.record(Math.ceil((nowMs() - dueMs) * 1000));
    } catch (cause) {
      failure ??= cause;
    }
  };
  const arrivals: Promise<void>[] = [];
  const timer = new Worker(new URL('./arrivals-timer.ts', import.meta.url), { workerData: { perSecond, seconds } });
  timer.on('message', (dueMs: number) => arrivals.push(arrive(dueMs)));
  await once(timer, 'exit');
  await Promise.all(arrivals);
  if (failure) throw failure;
  const [p50Ms, p99Ms] = [latencyMicros.percentile(50) / 1000, latencyMicros.percentile(99) / 1000];
  return { completed: latencyMicros.count, rejected: 0, p50Ms, p99Ms };
};
