// A thread that attacks a platform, so that the requests of the victim are measured by a thread that is idle otherwise.
// It imports modules of Node only, so that it starts immediately.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type RequestOptions, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';

export type AttackOptions = {
  readonly attack: keyof typeof attacks;
  readonly port: number;
  /** The token and the address of the attacker. */
  readonly headers: Readonly<Record<string, string>>;
  readonly perSecond: number;
  readonly ms: number;
  /** A factor of the numbers of connections. */
  readonly scale: number;
};

const { attack, port, headers, perSecond, ms, scale } = workerData as AttackOptions;
const signal = AbortSignal.timeout(ms);
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const json = { 'content-type': 'application/json' };

const send = (options: RequestOptions & { readonly body?: string }): Promise<void> =>
  new Promise((resolve) => {
    const sent = request({ agent, port, host: '127.0.0.1', ...options }, (response) => {
      response.resume().once('close', resolve);
    });
    sent.once('error', () => resolve()).end(options.body);
  });

const inFlightMax = 512;

/** Sends requests at a constant rate. */
const flood = async (createRequest: () => Parameters<typeof send>[0]): Promise<void> => {
  let sending = 0;
  const startedAt = performance.now();
  for (let count = 0; !signal.aborted; await sleep(5)) {
    const due = ((performance.now() - startedAt) / 1000) * perSecond;
    for (; count < due && sending < inFlightMax; count += 1) {
      sending += 1;
      void send(createRequest()).finally(() => (sending -= 1));
    }
    // Requests that the server was too slow for are skipped, so that the rate does not rise later.
    count = Math.max(count, Math.floor(due) - inFlightMax);
  }
};

/** Holds this number of connections that send `bytes` and read nothing; each is replaced after a second. */
const holdConnections = async (count: number, bytes: string): Promise<void> => {
  for (; !signal.aborted; await sleep(1000 / count)) {
    const socket = connect({ port, host: '127.0.0.1' }).on('error', () => undefined);
    await once(socket, 'connect');
    socket.pause().write(bytes);
    setTimeout(() => socket.destroy(), 1000);
  }
};

const toBytes = (line: string, more: Readonly<Record<string, string>>): string =>
  `${line} HTTP/1.1\r\nHost: a\r\n${Object.entries({ ...headers, ...more })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

const taken = JSON.stringify({ name: 'A', email: 'taken@example.com', role: 'member' });

const attacks = {
  reads: () => flood(() => ({ path: '/v1/users?limit=100', headers })),
  failingCreates: () =>
    flood(() => ({
      method: 'POST',
      path: '/v1/users',
      headers: { ...headers, ...json, 'idempotency-key': randomUUID() },
      body: taken,
    })),
  invalidTokens: () => flood(() => ({ path: '/v1/users', headers: { ...headers, authorization: 'Bearer a.b.c' } })),
  unknownPaths: () => flood(() => ({ path: `/${randomUUID()}`, headers })),
  pipelinedProbes: () => holdConnections(Math.ceil(perSecond / 100), toBytes('GET /health/ready', {}).repeat(100)),
  slowBodies: () => holdConnections(256, `${toBytes('POST /v1/users', { ...json, 'content-length': '1000' })}{`),
  unreadExports: () => holdConnections(30 * scale, toBytes('GET /v1/users/export', {})),
};

await attacks[attack]();
agent.destroy();
// Requests in flight would keep the thread.
process.exit();
