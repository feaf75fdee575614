import { createId, createPrincipal } from '@plinth/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Caller, useTestHost } from '../src/testing/index.ts';
import { fakeDatastore } from './fake-datastore.ts';
import { closeHosts, createManualLimiter, openHost, perMinute } from './rate-limit-fixture.ts';
import { streams, thingsModule } from './things.ts';

const host = useTestHost(async () => ({ modules: [thingsModule], datastore: fakeDatastore() }));

let caller: Caller;
let url: string;
beforeAll(async () => {
  caller = await host.current.as(createPrincipal());
  const { body } = await caller.post('/v1/things', { name: 'anvil', grams: 1 });
  url = `/v1/things/${body.id}`;
});

/** Returns the status and the headers that are equal in every response. */
const toComparable = ({ status, headers }: { status: number; headers: Readonly<Record<string, unknown>> }) => {
  const { 'x-request-id': _, date: __, 'transfer-encoding': ___, ...rest } = headers;
  return { status, headers: rest };
};

describe('HEAD', () => {
  it.each<[string, () => string, Record<string, string>, number]>([
    ['a resource', () => url, {}, 200],
    ['a resource that the client has', () => url, { 'if-none-match': '"1"' }, 304],
    ['an unknown resource', () => `/v1/things/${createId()}`, {}, 404],
    ['an invalid id', () => '/v1/things/no-id', {}, 400],
    ['a public route', () => '/v1/ping', {}, 200],
    ['a cached route', () => '/v1/rates', {}, 200],
    ['a long response', () => '/v1/long', { 'accept-encoding': 'br' }, 200],
    ['a response type that the client refuses', () => url, { accept: 'text/html' }, 406],
    ['a health check', () => '/health', {}, 200],
    ['readiness', () => '/health/ready', {}, 200],
    ['the reference', () => '/openapi.json', {}, 200],
    ['an error page', () => '/errors/common/not-found', {}, 200],
    ['an unknown path', () => '/v1/nothing', {}, 404],
  ])('responds to %s with the status and the headers of GET, and no body', async (_kind, getUrl, headers, status) => {
    const get = await caller.get(getUrl(), headers);
    const head = await caller.send({ method: 'HEAD', url: getUrl(), headers });
    expect(head.status).toBe(status);
    expect(toComparable(head)).toEqual(toComparable(get));
    expect(head.text).toBe('');
  });

  it('responds to a stream without reading more than its first item', async () => {
    const get = await caller.get('/v1/thing-stream');
    const head = await caller.send({ method: 'HEAD', url: '/v1/thing-stream' });
    expect(toComparable(head)).toEqual(toComparable(get));
    expect([get.text.split('\n').length, head.text, streams.open]).toEqual([4, '', 0]);
    const failed = await caller.send({ method: 'HEAD', url: '/v1/thing-stream?fails=true' });
    expect([failed.status, await host.current.faults()]).toEqual([500, [expect.stringContaining('undeclared')]]);
  });

  it('needs the credential of GET', async () => {
    const head = await host.current.anonymous.send({ method: 'HEAD', url });
    expect(head).toMatchObject({ status: 401, text: '', headers: { 'www-authenticate': 'Bearer realm="plinth"' } });
    const guest = await host.current.as(createPrincipal({ roles: ['guest'] }));
    expect((await guest.send({ method: 'HEAD', url })).status).toBe(403);
  });

  it('returns 405 on a path without GET', async () => {
    const head = await caller.send({ method: 'HEAD', url: '/v1/things' });
    expect(head).toMatchObject({ status: 405, text: '', headers: { allow: 'POST' } });
  });

  it('counts towards the limits of GET', async () => {
    const limited = await openHost({ limiter: createManualLimiter().limiter, ip: perMinute(2) });
    const send = () => limited.anonymous.send({ method: 'HEAD', url: '/v1/ping' });
    const responses = [await send(), await send(), await send()];
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 429]);
    await closeHosts();
  });
});
