import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent, get, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createPrincipal } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AttackOptions } from './support/attacker.ts';
import { createResource } from './support/requests.ts';
import { type RunningPlatform, startPlatform } from './support/running-platform.ts';

const isHeavy = process.env['PLINTH_HEAVY'] === '1';
const size = isHeavy ? { perSecond: 2000, ms: 10_000, scale: 6 } : { perSecond: 200, ms: 500, scale: 1 };
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
});
afterAll(() => platform.close());

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
afterAll(() => agent.destroy());

type Sent = { readonly status: number; readonly ms: number };

const read = (path: string, headers: OutgoingHttpHeaders = {}): Promise<Sent> =>
  new Promise((resolve) => {
    const sentAt = performance.now();
    const end = (status: number): void => resolve({ status, ms: performance.now() - sentAt });
    const sent = get({ agent, port: platform.port, host: '127.0.0.1', path, headers }, (response: IncomingMessage) => {
      response.resume().once('close', () => end(response.statusCode ?? 0));
    });
    sent.once('error', () => end(0));
  });

/** Reads as the victim every 20 ms until `signal` is aborted. */
const readAsVictim = async (signal: AbortSignal): Promise<Sent[]> => {
  const sent: Promise<Sent>[] = [];
  while (!signal.aborted) {
    sent.push(read(`/v1/users/${victimId}`, victimHeaders));
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

/** Runs an attack in a thread of its own. */
const attack = async (name: AttackOptions['attack'], { perSecond, ms, scale } = size): Promise<void> => {
  const workerData: AttackOptions = {
    attack: name,
    port: platform.port,
    headers: attackerHeaders,
    perSecond,
    ms,
    scale,
  };
  await once(new Worker(new URL('./support/attacker.ts', import.meta.url), { workerData }), 'exit');
};

describe('an attacker with one address and one token', () => {
  it.each([
    ['reads of one member', 'reads'],
    ['creates that fail', 'failingCreates'],
    ['invalid tokens', 'invalidTokens'],
    ['unknown paths', 'unknownPaths'],
    ['pipelined readiness probes', 'pipelinedProbes'],
    ['slow bodies', 'slowBodies'],
    ['unread exports', 'unreadExports'],
  ] as const)(
    'harms no other tenant by %s',
    async (title, name) => {
      // Code that runs for the first time is slow, in an attack or not.
      if (isHeavy) await attack(name, { perSecond: 50, ms: 500, scale: 1 });
      const idle = await readAsVictim(AbortSignal.timeout(isHeavy ? 5000 : 100));
      const attacking = attack(name);
      const victims = await readAsVictim(AbortSignal.timeout(size.ms));
      const readiness = await read('/health/ready');
      await attacking;
      const memory = await readMemoryMiB();
      console.info(
        `${title}: p99 ${getP99(idle).toFixed(1)} ms idle, ${getP99(victims).toFixed(1)} ms under attack, ${memory.toFixed(0)} MiB`,
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
