import { readFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createId, createPrincipal, openSocket } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createResource } from './support/requests.ts';
import { type RunningPlatform, startPlatform } from './support/running-platform.ts';

const isHeavy = process.env['PLINTH_HEAVY'] === '1';
const perSecond = isHeavy ? 2000 : 200;
const attackMs = isHeavy ? 10_000 : 1000;
const memoryMaxMiB = 400;

const attacker = createPrincipal();
const victim = createPrincipal();
let platform: RunningPlatform;
let attackerHeaders: Record<string, string>;
let victimHeaders: Record<string, string>;
let victimId: string;

// The limits of clients are as in production; a trusted proxy sends the addresses.
beforeAll(async () => {
  platform = await startPlatform({
    TRUST_PROXY: '127.0.0.0/8',
    LIMIT_DEFAULT_PLAN: 'pro',
    LIMIT_PRO_PER_MINUTE: '6000',
    LIMIT_IP_PER_MINUTE: '6000',
    LIMIT_SENSITIVE_PER_MINUTE: '10',
    LONG_RESPONSES_MAX: '32',
    LONG_RESPONSES_PER_USER_MAX: '2',
  });
  const authorize = async (subject: typeof attacker, address: string) => ({
    authorization: `Bearer ${await platform.createToken(subject)}`,
    'x-forwarded-for': address,
  });
  attackerHeaders = await authorize(attacker, '203.0.113.1');
  victimHeaders = await authorize(victim, '203.0.113.2');
  victimId = await createResource(platform.port, String(victimHeaders['authorization']));
}, 60_000);
afterAll(() => platform.close());

const agents: Agent[] = [];
const createAgent = (): Agent => {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  agents.push(agent);
  return agent;
};
afterAll(() => {
  for (const agent of agents) agent.destroy();
});

type Sent = { readonly status: number; readonly ms: number };

const send = (options: RequestOptions & { readonly body?: string }): Promise<Sent> =>
  new Promise((resolve) => {
    const sentAt = performance.now();
    const end = (status: number): void => resolve({ status, ms: performance.now() - sentAt });
    const sent = request({ port: platform.port, host: '127.0.0.1', ...options }, (response: IncomingMessage) => {
      response.resume().once('close', () => end(response.statusCode ?? 0));
    });
    sent.once('error', () => end(0)).end(options.body);
  });

const inFlightMax = 512;

/** Sends requests at a constant rate until `signal` is aborted. */
const flood = async (sendOne: () => Promise<unknown>, signal: AbortSignal): Promise<void> => {
  const sending = new Set<Promise<unknown>>();
  const startedAt = performance.now();
  for (let count = 0; !signal.aborted; await sleep(5)) {
    const due = ((performance.now() - startedAt) / 1000) * perSecond;
    for (; count < due && sending.size < inFlightMax; count += 1) {
      const sent = sendOne();
      sending.add(sent);
      void sent.finally(() => sending.delete(sent));
    }
    // Requests that the server was too slow for are skipped, so that the rate does not rise later.
    count = Math.max(count, Math.floor(due) - inFlightMax);
  }
  await Promise.all(sending);
};

/** Opens connections that send `bytes` and read nothing, and replaces them every second. */
const holdConnections = async (count: number, bytes: string, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    const sockets = await Promise.all(Array.from({ length: count }, () => openSocket(platform.port)));
    for (const socket of sockets) socket.pause().write(bytes);
    await sleep(1000);
    for (const socket of sockets) socket.destroy();
  }
};

const toBytes = (line: string, headers: Readonly<Record<string, string>>): string =>
  `${line} HTTP/1.1\r\nHost: a\r\n${Object.entries({ ...attackerHeaders, ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

const json = { 'content-type': 'application/json' };

const attacks: Readonly<Record<string, (agent: Agent, signal: AbortSignal) => Promise<void>>> = {
  'reads of one member': (agent, signal) =>
    flood(() => send({ agent, path: '/v1/users?limit=100', headers: attackerHeaders }), signal),
  'creates that fail': (agent, signal) => {
    const body = JSON.stringify({ name: 'A', email: 'taken@example.com', role: 'member' });
    const headers = () => ({ ...attackerHeaders, ...json, 'idempotency-key': createId() });
    return flood(() => send({ agent, method: 'POST', path: '/v1/users', headers: headers(), body }), signal);
  },
  'invalid tokens': (agent, signal) =>
    flood(
      () => send({ agent, path: '/v1/users', headers: { ...attackerHeaders, authorization: 'Bearer a.b.c' } }),
      signal,
    ),
  'unknown paths': (agent, signal) =>
    flood(() => send({ agent, path: `/${createId()}`, headers: attackerHeaders }), signal),
  'pipelined readiness probes': (_agent, signal) =>
    holdConnections(isHeavy ? 60 : 10, toBytes('GET /health/ready', {}).repeat(100), signal),
  'slow bodies': (_agent, signal) =>
    holdConnections(256, `${toBytes('POST /v1/users', { ...json, 'content-length': '1000' })}{`, signal),
  'unread exports': (_agent, signal) =>
    holdConnections(isHeavy ? 300 : 30, toBytes('GET /v1/users/export', {}), signal),
};

/** Reads as the victim every 20 ms until `signal` is aborted. */
const readAsVictim = async (signal: AbortSignal): Promise<Sent[]> => {
  const agent = createAgent();
  const sent: Promise<Sent>[] = [];
  while (!signal.aborted) {
    sent.push(send({ agent, path: `/v1/users/${victimId}`, headers: victimHeaders }));
    await sleep(20);
  }
  return Promise.all(sent);
};

const getP99 = (sent: readonly Sent[]): number =>
  sent.map(({ ms }) => ms).toSorted((left, right) => left - right)[Math.ceil(sent.length * 0.99) - 1] ?? 0;

const readMemoryMiB = async (): Promise<number> => {
  const status = await readFile(`/proc/${platform.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
};

describe('an attacker with one address and one token', () => {
  it.each(Object.entries(attacks))(
    'harms no other tenant by %s',
    async (name, attack) => {
      const idle = await readAsVictim(AbortSignal.timeout(isHeavy ? 5000 : 500));
      const signal = AbortSignal.timeout(attackMs);
      const attacking = attack(createAgent(), signal);
      const victims = await readAsVictim(signal);
      const readiness = await send({ path: '/health/ready' });
      await attacking;
      const memory = await readMemoryMiB();
      console.info(
        `${name}: p99 ${getP99(idle).toFixed(1)} ms idle, ${getP99(victims).toFixed(1)} ms under attack, ${memory.toFixed(0)} MiB`,
      );
      expect(new Set(victims.map(({ status }) => status))).toEqual(new Set([200]));
      expect(readiness.status).toBe(200);
      expect(memory).toBeLessThan(memoryMaxMiB);
      // At a small size the percentile measures the load of the machine.
      if (isHeavy) expect(getP99(victims)).toBeLessThan(3 * getP99(idle));
    },
    60_000,
  );
});
