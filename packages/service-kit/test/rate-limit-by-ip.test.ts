import type { AddressInfo } from 'node:net';
import { createPrincipal } from '@plinth/testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { TestHost } from '../src/testing/index.ts';
import {
  closeHosts,
  countStatus,
  type HostOverrides,
  openHost,
  perMinute,
  repeat,
  toUnknownPath,
} from './rate-limit-fixture.ts';

afterEach(closeHosts);

describe('an IP above its limit', () => {
  it('is refused before authentication, even where no route matches', async () => {
    const host = await openHost({ ip: perMinute(4) });
    const caller = await host.as(createPrincipal());
    const responses = await repeat(3, () => caller.get(toUnknownPath()));
    responses.push(
      await host.anonymous.get('/v1/nothing'),
      await host.anonymous.get('/v1/nothing'),
      await caller.get(toUnknownPath()),
    );
    expect(responses.map(({ status }) => status)).toEqual([404, 404, 404, 404, 429, 429]);
    expect(responses.at(-1)?.headers).toMatchObject({ 'retry-after': '15', 'ratelimit-policy': '"ip";q=4;w=60' });
  });

  it('is refused for malformed URLs', async () => {
    const host = await openHost({ ip: perMinute(1) });
    const responses = await repeat(2, () => host.anonymous.get('/v1/things/%zz'));
    expect(responses.map(({ status }) => status)).toEqual([400, 429]);
  });

  it('has the limit of public routes for the API reference', async () => {
    const host = await openHost({ ip: perMinute(9), anonymous: perMinute(1) });
    expect((await repeat(2, () => host.anonymous.get('/openapi.json'))).map(({ status }) => status)).toEqual([
      200, 429,
    ]);
    expect((await host.anonymous.get('/health/live')).status).toBe(200);
  });

  it('is refused for preflights of a browser', async () => {
    const host = await openHost({ ip: perMinute(1), corsOrigins: ['https://app.example.com'] });
    const preflight = () =>
      host.anonymous.send({
        method: 'OPTIONS',
        url: '/v1/things',
        headers: { origin: 'https://app.example.com', 'access-control-request-method': 'POST' },
      });
    expect((await repeat(2, preflight)).map(({ status }) => status)).toEqual([204, 429]);
  });

  const from = async (host: TestHost, remoteAddress: string): Promise<number> =>
    (await host.server.inject({ method: 'GET', url: '/v1/ping', remoteAddress })).statusCode;

  it('boundary: takes nothing from another IP', async () => {
    const host = await openHost({ ip: perMinute(1) });
    expect([await from(host, '203.0.113.7'), await from(host, '203.0.113.7')]).toEqual([200, 429]);
    expect(await from(host, '203.0.113.8')).toBe(200);
  });

  it('counts as its /64 network with IPv6, and as its IPv4 address when it is mapped to IPv6', async () => {
    const host = await openHost({ ip: perMinute(1) });
    expect([await from(host, '2001:db8::1'), await from(host, '2001:db8::ffff:1')]).toEqual([200, 429]);
    expect(await from(host, '2001:db8:0:1::1')).toBe(200);
    expect([await from(host, '203.0.113.9'), await from(host, '::ffff:203.0.113.9')]).toEqual([200, 429]);
  });
});

describe('over sockets', () => {
  const listenWith = async (overrides: HostOverrides): Promise<string> => {
    const { server } = await openHost({ ip: perMinute(5), ...overrides });
    await server.listen({ host: '127.0.0.1', port: 0 });
    return `http://127.0.0.1:${(server.server.address() as AddressInfo).port}/v1/ping`;
  };
  const readStatuses = async (url: string, toHeaders: (index: number) => Record<string, string>): Promise<number[]> => {
    let index = 0;
    const responses = await repeat(8, () => fetch(url, { headers: toHeaders((index += 1)) }));
    return responses.map(({ status }) => status);
  };
  const limited = [200, 200, 200, 200, 200, 429, 429, 429];

  it.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'x-client-ip', 'cf-connecting-ip', 'true-client-ip'])(
    '%s does not evade a limit',
    async (header) => {
      const url = await listenWith({});
      const value = (index: number) => (header === 'forwarded' ? `for=203.0.113.${index}` : `203.0.113.${index}`);
      expect(await readStatuses(url, (index) => ({ [header]: value(index) }))).toEqual(limited);
    },
  );

  it('X-Forwarded-For of an untrusted proxy does not evade a limit', async () => {
    const url = await listenWith({ trustProxy: ['10.0.0.0/8'] });
    expect(await readStatuses(url, (index) => ({ 'x-forwarded-for': `203.0.113.${index}` }))).toEqual(limited);
  });

  it('callers behind a trusted proxy have limits of their own', async () => {
    const url = await listenWith({ trustProxy: ['127.0.0.1/32'] });
    expect(countStatus(await repeat(8, () => fetch(url, { headers: { 'x-forwarded-for': '203.0.113.1' } })), 200)).toBe(
      5,
    );
    expect((await fetch(url, { headers: { 'x-forwarded-for': '203.0.113.2' } })).status).toBe(200);
  });

  it.each([
    ['203.0.113.1:4711', '203.0.113.2:4711'],
    ['[2001:db8:0:1::7]:4711', '[2001:db8:0:2::7]'],
  ])('a trusted proxy may send ports, so that %s and %s have limits of their own', async (address, other) => {
    const url = await listenWith({ trustProxy: ['127.0.0.1/32'] });
    expect(await readStatuses(url, () => ({ 'x-forwarded-for': address }))).toEqual(limited);
    expect((await fetch(url, { headers: { 'x-forwarded-for': other } })).status).toBe(200);
  });

  it('forged entries before that of a trusted proxy do not evade a limit', async () => {
    const url = await listenWith({ trustProxy: ['127.0.0.1/32'] });
    const forged = (index: number) => ({ 'x-forwarded-for': `198.51.100.${index}, 203.0.113.1` });
    expect(await readStatuses(url, forged)).toEqual(limited);
    const nonsense = (index: number) => ({ 'x-forwarded-for': `nonsense-${index}` });
    expect(await readStatuses(url, nonsense)).toEqual(limited);
  });
});
