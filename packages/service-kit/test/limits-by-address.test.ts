import type { AddressInfo } from 'node:net';
import { aPrincipal } from '@plinth/testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { TestHost } from '../src/testing/index.ts';
import { aPath, closeHosts, countOf, type Given, limit, open, repeat } from './limited.ts';

afterEach(closeHosts);

describe('an address that sends too much', () => {
  it('is refused before anybody looks at the credential, also where there is no route', async () => {
    const host = await open({ ip: limit('ip', 4) });
    const caller = await host.as(aPrincipal());
    const answers = await repeat(3, () => caller.get(aPath()));
    answers.push(
      await host.anonymous.get('/v1/nothing'),
      await host.anonymous.get('/v1/nothing'),
      await caller.get(aPath()),
    );
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 429, 429]);
    expect(answers.at(-1)?.headers).toMatchObject({ 'retry-after': '15', 'ratelimit-policy': '"ip";q=4;w=60' });
  });

  const from = async (host: TestHost, remoteAddress: string): Promise<number> =>
    (await host.server.inject({ method: 'GET', url: '/v1/ping', remoteAddress })).statusCode;

  it('boundary: takes nothing from another one', async () => {
    const host = await open({ ip: limit('ip', 1) });
    expect([await from(host, '203.0.113.7'), await from(host, '203.0.113.7')]).toEqual([200, 429]);
    expect(await from(host, '203.0.113.8')).toBe(200);
  });

  it('is its whole network with IPv6, and its IPv4 self behind a mapped address', async () => {
    const host = await open({ ip: limit('ip', 1) });
    expect([await from(host, '2001:db8::1'), await from(host, '2001:db8::ffff:1')]).toEqual([200, 429]);
    expect(await from(host, '2001:db8:0:1::1')).toBe(200);
    expect([await from(host, '203.0.113.9'), await from(host, '::ffff:203.0.113.9')]).toEqual([200, 429]);
  });
});

describe('over sockets', () => {
  const listenWith = async (given: Given): Promise<string> => {
    const { server } = await open({ ip: limit('ip', 5), ...given });
    await server.listen({ host: '127.0.0.1', port: 0 });
    return `http://127.0.0.1:${(server.server.address() as AddressInfo).port}/v1/ping`;
  };
  const statusesOf = async (url: string, headersAt: (at: number) => Record<string, string>): Promise<number[]> => {
    let at = 0;
    const answers = await repeat(8, () => fetch(url, { headers: headersAt((at += 1)) }));
    return answers.map(({ status }) => status);
  };
  const limited = [200, 200, 200, 200, 200, 429, 429, 429];

  it.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'x-client-ip', 'cf-connecting-ip', 'true-client-ip'])(
    'nobody evades a limit by %s',
    async (header) => {
      const url = await listenWith({});
      const value = (at: number) => (header === 'forwarded' ? `for=203.0.113.${at}` : `203.0.113.${at}`);
      expect(await statusesOf(url, (at) => ({ [header]: value(at) }))).toEqual(limited);
    },
  );

  it('nobody evades a limit by a header where only a proxy elsewhere is trusted', async () => {
    const url = await listenWith({ trustProxy: ['10.0.0.0/8'] });
    expect(await statusesOf(url, (at) => ({ 'x-forwarded-for': `203.0.113.${at}` }))).toEqual(limited);
  });

  it('callers behind a trusted proxy are told apart', async () => {
    const url = await listenWith({ trustProxy: ['127.0.0.1/32'] });
    expect(countOf(await repeat(8, () => fetch(url, { headers: { 'x-forwarded-for': '203.0.113.1' } })), 200)).toBe(5);
    expect((await fetch(url, { headers: { 'x-forwarded-for': '203.0.113.2' } })).status).toBe(200);
  });

  it('nobody behind a trusted proxy evades a limit by what stands before what the proxy has added', async () => {
    const url = await listenWith({ trustProxy: ['127.0.0.1/32'] });
    const forged = (at: number) => ({ 'x-forwarded-for': `198.51.100.${at}, 203.0.113.1` });
    expect(await statusesOf(url, forged)).toEqual(limited);
    const nonsense = (at: number) => ({ 'x-forwarded-for': `nonsense-${at}` });
    expect(await statusesOf(url, nonsense)).toEqual(limited);
  });
});
