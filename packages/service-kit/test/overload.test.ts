import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { aPrincipal } from '@plinth/testing';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { useTestHost } from '../src/testing/index.ts';
import { fakeDatastore, latch, thingsModule } from './things.ts';

const inFlightMax = 2;
/** Those who are worked on, and those who wait for it. */
const asMany = 17 * inFlightMax;

const host = useTestHost(async () => ({ modules: [thingsModule], datastore: fakeDatastore(), inFlightMax }));
let port: number;
let authorization: string;
beforeAll(async () => {
  await host.current.server.listen({ host: '127.0.0.1', port: 0 });
  port = (host.current.server.server.address() as AddressInfo).port;
  authorization = `Bearer ${await host.current.tokenOf(aPrincipal())}`;
});

let open = () => {};
const close = () => {
  latch.opened = new Promise((resolve) => {
    open = resolve;
  });
};
afterEach(() => open());

const base = () => `http://127.0.0.1:${port}`;
const wait = () => fetch(`${base()}/v1/failures/wait`, { method: 'POST', headers: { authorization } });
const ping = () => fetch(`${base()}/v1/ping`);

describe('more requests than a host can work on', () => {
  it('wait for their turn, and all are answered', async () => {
    close();
    const calls = Array.from({ length: asMany }, wait);
    setTimeout(open, 200);
    const answers = await Promise.all(calls);
    expect(answers.map(({ status }) => status)).toEqual(Array(asMany).fill(200));
  });

  it('boundary: are refused when those that wait are too many, and health is served', async () => {
    close();
    const calls = Array.from({ length: asMany }, wait);
    await expect.poll(async () => (await ping()).status).toBe(503);
    const refused = await ping();
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(await refused.json()).toMatchObject({ code: 'unavailable' });
    for (const path of ['/health', '/health/ready', '/openapi.json']) {
      expect((await fetch(`${base()}${path}`)).status).toBe(200);
    }
    open();
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(Array(asMany).fill(200));
    expect((await ping()).status).toBe(200);
  });

  it('boundary: are refused when they have waited for a second', async () => {
    close();
    const working = [wait(), wait()];
    const began = performance.now();
    await expect.poll(async () => (await ping()).status, { interval: 1, timeout: 5000 }).toBe(503);
    expect(performance.now() - began).toBeGreaterThan(900);
    open();
    await Promise.all(working);
  });

  it('race: the room of callers who go is free again', async () => {
    close();
    const callers = Array.from({ length: asMany }, () => {
      const call = request({
        port,
        host: '127.0.0.1',
        path: '/v1/failures/wait',
        method: 'POST',
        headers: { authorization },
      });
      call.on('error', () => undefined).end();
      return call;
    });
    await expect.poll(async () => (await ping()).status).toBe(503);
    for (const call of callers) call.destroy();
    await expect.poll(async () => (await ping()).status).toBe(200);
  });
});

describe('an answer that is late', () => {
  it('boundary: is given up after eight seconds with 503, and its caller’s context is told', async () => {
    close();
    const began = performance.now();
    const answer = await wait();
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: 'unavailable' });
    const ms = performance.now() - began;
    expect(ms).toBeGreaterThan(7900);
    expect(ms).toBeLessThan(9500);
    open();
    // What comes after it is not sent, and the host goes on.
    expect((await ping()).status).toBe(200);
  });
});
