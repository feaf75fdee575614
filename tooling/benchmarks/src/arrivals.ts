import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { assertResponse, type Exchange, type Headers } from './requests.ts';

export type ArrivalsOptions = {
  readonly url: string;
  readonly headers: Headers;
  readonly nextExchange: () => Exchange;
  readonly perSecond: number;
  readonly seconds: number;
};

/** A clock that all threads share. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Requests beyond this number wait for a connection, and their latency counts. */
const connectionsMax = 64;
const timeoutMs = 10_000;

type Target = Pick<ArrivalsOptions, 'url' | 'headers'> & { readonly agent: Agent };

const send = async ({ url, headers, agent }: Target, exchange: Exchange): Promise<void> => {
  const { method, path, body = '' } = exchange;
  const length = method === 'GET' ? {} : { 'content-length': Buffer.byteLength(body) };
  const options = { agent, method, headers: { ...headers, ...exchange.headers, ...length }, timeout: timeoutMs };
  const sent = request(`${url}${path}`, options);
  sent.once('timeout', () => sent.destroy(new Error(`${method} ${path} had no response.`))).end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  assertResponse(exchange, { status: response.statusCode ?? 0, body: text });
};

/**
 * Sends requests at the random moments of a Poisson process, however slow the responses are. Latencies count from those
 * moments, so that a stall is charged to every request that had to wait.
 * @throws when a response is not the expected one.
 */
export const runArrivals = async ({ nextExchange, perSecond, seconds, ...server }: ArrivalsOptions) => {
  const agent = new Agent({ keepAlive: true, maxSockets: connectionsMax });
  const latenciesMs: number[] = [];
  const inFlight = new Set<Promise<void>>();
  let failure: unknown;
  const arrive = async (dueMs: number): Promise<void> => {
    await send({ ...server, agent }, nextExchange());
    latenciesMs.push(nowMs() - dueMs);
  };
  const stopped = new Int32Array(new SharedArrayBuffer(4));
  const timer = new Worker(new URL('./arrivals-timer.ts', import.meta.url), { workerData: { stopped, perSecond } });
  timer.on('message', (dueMs: number) => {
    const sending = arrive(dueMs)
      .catch((cause: unknown) => (failure ??= cause))
      .then(() => void inFlight.delete(sending));
    inFlight.add(sending);
  });
  await once(timer, 'online');
  await sleep(seconds * 1000);
  Atomics.store(stopped, 0, 1);
  Atomics.notify(stopped, 0);
  await once(timer, 'exit');
  await Promise.all(inFlight);
  agent.destroy();
  if (failure) throw failure;
  return { completed: latenciesMs.length, latenciesMs };
};
