import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSocket } from '@plinth/testing';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { useListeningHost } from './listening-host.ts';

const windowMs = 1500;
const wide = { max: 1000, perNetworkMax: 1000, bytesPerSecondMin: 4096, windowMs: 60_000 };
const perNetworkMax = 5;
const max = 8;
const host = useListeningHost({ connectionLimits: { ...wide, perNetworkMax } });
const proxiedHost = useListeningHost({
  connectionLimits: { ...wide, max, perNetworkMax },
  trustProxy: ['127.0.0.0/8'],
});
/** Cuts slow clients early. */
const strictHost = useListeningHost({ connectionLimits: { ...wide, windowMs } });

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** Opens a connection. @returns whether the server serves a request on it. */
const isServed = async (port: number): Promise<boolean> => {
  const socket = await openSocket(port);
  sockets.push(socket);
  socket.write('GET /health/live HTTP/1.1\r\nhost: test\r\n\r\n');
  return Promise.race([once(socket, 'data').then(() => true), once(socket, 'close').then(() => false)]);
};

const openConnections = async (port: number, count: number): Promise<boolean[]> => {
  const served = [];
  for (let index = 0; index < count; index += 1) served.push(await isServed(port));
  return served;
};

const getEvents = ({ current }: typeof host): unknown[] => current.lines.records().map(({ event }) => event);
const countServed = (served: readonly boolean[]): number => served.filter((isTrue) => isTrue).length;

it('boundary: an IP address has as many connections as it may; the next are closed and logged, and places become free', async () => {
  expect(await openConnections(host.port, perNetworkMax + 3)).toEqual([
    ...Array.from({ length: perNetworkMax }, () => true),
    ...[false, false, false],
  ]);
  await vi.waitFor(() => {
    const counts = host.current.lines.records().filter(({ event }) => event === 'connections-refused');
    expect(counts.reduce((sum, { count }) => sum + Number(count), 0)).toBe(3);
  }, 15_000);
  sockets.shift()?.destroy();
  await vi.waitFor(async () => expect(await isServed(host.port)).toBe(true), 15_000);
});

it('boundary: a trusted proxy has no limit of its own, and the process has one for all', async () => {
  expect(countServed(await openConnections(proxiedHost.port, max + 4))).toBe(max);
  await vi.waitFor(() => expect(getEvents(proxiedHost)).toContain('connections-refused'), 15_000);
});

const openStream = async (): Promise<IncomingMessage> => {
  const { url, authorization } = strictHost;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${url}/v1/thing-stream?endless=true`, { headers: { authorization } }, resolve).on('error', reject);
  });
  // A cut connection is what the test expects.
  response.on('error', () => undefined);
  onTestFinished(() => void response.destroy());
  return response;
};

it('a client that reads nothing is cut, and one that reads is not', async () => {
  const [stalled, read] = [await openStream(), await openStream()];
  const closed: string[] = [];
  stalled.once('close', () => closed.push('stalled'));
  read.once('close', () => closed.push('read'));
  const until = performance.now() + 2 * windowMs;
  const reading = (async () => {
    for await (const _ of read) {
      if (performance.now() > until) return;
      await sleep(5);
    }
  })();
  await vi.waitFor(() => expect(getEvents(strictHost)).toContain('slow-reader-cut'), 4 * windowMs);
  await reading;
  expect(closed).not.toEqual(['read', 'stalled']);
  expect(getEvents(strictHost).filter((event) => event === 'slow-reader-cut')).toHaveLength(1);
}, 20_000);
