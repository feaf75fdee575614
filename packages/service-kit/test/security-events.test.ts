import { createMetrics } from '@plinth/telemetry';
import { readMetric } from '@plinth/telemetry/testing';
import { createId, createManualClock, createPrincipal } from '@plinth/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { openTestHost, type TestHost } from '../src/testing/index.ts';
import { fakeDatastore } from './fake-datastore.ts';
import { createManualLimiter, perMinute } from './rate-limit-fixture.ts';
import { thingsModule } from './things.ts';

let close: () => Promise<void>;
afterEach(() => close());

const open = async (options: object = {}) => {
  const clock = createManualClock();
  const metrics = createMetrics();
  const host = await openTestHost({ modules: [thingsModule], datastore: fakeDatastore(), clock, metrics, ...options });
  close = host.close;
  return { host, clock, metrics };
};

/** Returns the lines of the security stream. */
const readSecurity = ({ lines }: TestHost) => lines.records().filter(({ stream }) => stream === 'security');

const path = `/v1/things/${createId()}`;
const remoteAddress = '203.0.113.7';

describe('the security stream', () => {
  it('has a refused token with reason, key and client address, and no other part of the token', async () => {
    const { host, clock } = await open();
    const token = await host.signToken(createPrincipal());
    const [header = '', payload = '', signature = ''] = token.split('.');
    const forged = `${header}.${payload}.${signature.replace(/^./, signature.startsWith('A') ? 'B' : 'A')}`;
    const send = (authorization: string) =>
      host.server.inject({ method: 'GET', url: path, remoteAddress, headers: { authorization } });
    const { statusCode, headers } = await send(`Bearer ${forged}`);
    expect(statusCode).toBe(401);
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
    const line = { event: 'sign-in-failed', kid, clientAddress: remoteAddress, method: 'GET', route: '/v1/things/:id' };
    expect(readSecurity(host)).toMatchObject([{ ...line, reason: 'signature', requestId: headers['x-request-id'] }]);
    clock.advance(900_000);
    await send(`Bearer ${token}`);
    await send('Basic YTpi');
    expect(readSecurity(host).slice(1)).toMatchObject([{ ...line, reason: 'expired' }, { reason: 'malformed' }]);
    for (const secret of [payload, signature, 'YTpi']) expect(host.lines.lines.join('')).not.toContain(secret);
  });

  it('has a request without a token, and a client of IPv6 by its network', async () => {
    const { host } = await open();
    await host.server.inject({ method: 'GET', url: path, remoteAddress: '2001:db8::1' });
    expect(readSecurity(host)).toMatchObject([{ event: 'sign-in-failed', reason: 'no-token' }]);
    expect(String(readSecurity(host)[0]?.['clientAddress'])).toMatch(/^2001:0?db8:/);
  });

  it('has a denied permission with the user, the permission and the route, once in a minute', async () => {
    const { host } = await open();
    const viewer = createPrincipal({ roles: ['viewer'] });
    const caller = await host.as(viewer);
    for (let count = 0; count < 3; count += 1) {
      expect((await caller.send({ method: 'DELETE', url: path })).status).toBe(403);
    }
    const { tenantId, id: actorId } = viewer;
    const line = { event: 'permission-denied', permission: 'things:write', tenantId, actorId, method: 'DELETE' };
    expect(readSecurity(host)).toMatchObject([line]);
    await host.server.close();
    expect(readSecurity(host)).toMatchObject([line, { ...line, repeated: 2 }]);
  });

  it('has an export that starts, and none for its HEAD', async () => {
    const { host } = await open();
    const reader = createPrincipal();
    const caller = await host.as(reader);
    await caller.send({ method: 'HEAD', url: '/v1/thing-stream' });
    expect(readSecurity(host)).toEqual([]);
    expect((await caller.get('/v1/thing-stream')).status).toBe(200);
    const { tenantId, id: actorId } = reader;
    expect(readSecurity(host)).toMatchObject([
      { event: 'export-started', operationId: 'streamThings', tenantId, actorId, route: '/v1/thing-stream' },
    ]);
  });

  it('has no line for requests that are served', async () => {
    const { host } = await open();
    const caller = await host.as(createPrincipal());
    expect((await caller.get('/v1/ping')).status).toBe(200);
    expect((await caller.get(path)).status).toBe(404);
    expect(readSecurity(host)).toEqual([]);
  });

  it('has a bounded number of lines in a flood of bad tokens from one address, refused by its limit or not, and counts all', async () => {
    const policies = {
      ip: perMinute(10_000),
      anonymous: perMinute(60),
      sensitive: perMinute(10),
      account: perMinute(10),
      accountTotal: perMinute(10),
    };
    const plans = { free: perMinute(10), pro: perMinute(20), enterprise: perMinute(900) };
    const limits = { limiter: createManualLimiter().limiter, defaultPlan: 'free', policies: { ...policies, plans } };
    const { host, metrics } = await open({ limits });
    const statuses = new Set<number>();
    for (let count = 0; count < 500; count += 1) {
      const headers = { authorization: `Bearer forged.token.number-${count}` };
      statuses.add((await host.server.inject({ method: 'GET', url: path, remoteAddress, headers })).statusCode);
    }
    expect(statuses).toEqual(new Set([401, 429]));
    expect(readSecurity(host)).toHaveLength(1);
    const failures = await readMetric(metrics, 'sign_in_failures_total');
    expect(failures.filter(({ value }) => value > 0)).toMatchObject([{ labels: { reason: 'malformed' }, value: 500 }]);
    await host.server.close();
    expect(readSecurity(host).at(-1)).toMatchObject({
      reason: 'malformed',
      repeated: 499,
      clientAddress: remoteAddress,
    });
  });
});
