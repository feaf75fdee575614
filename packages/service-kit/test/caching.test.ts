import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { createId, createPrincipal } from '@plinth/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Caller, type TestResponse, useTestHost } from '../src/testing/index.ts';
import { fakeDatastore } from './fake-datastore.ts';
import { thingsModule } from './things.ts';

const app = 'https://app.example.com';
const host = useTestHost(async () => ({ modules: [thingsModule], datastore: fakeDatastore() }));
const corsHost = useTestHost(async () => ({
  modules: [thingsModule],
  datastore: fakeDatastore(),
  corsOrigins: [app],
}));

let caller: Caller;
let cached: string;
beforeAll(async () => {
  caller = await host.current.as(createPrincipal());
  const { body } = await caller.post('/v1/things', { name: 'cached', grams: 1 });
  cached = `/v1/cached-things/${body.id}`;
});

describe('a response that its contract caches for the client', () => {
  const caching = { 'cache-control': 'private, max-age=60', vary: 'authorization, accept-encoding' };

  it('has the max-age of the contract, and varies by the credential', async () => {
    expect(await caller.get(cached)).toMatchObject({
      status: 200,
      headers: { ...caching, etag: '"1"', 'content-type': 'application/json; charset=utf-8' },
    });
  });

  it('is 304 with the same headers for a client that has it', async () => {
    const response = await caller.get(cached, { 'if-none-match': '"1"' });
    expect(response).toMatchObject({ status: 304, text: '', headers: { ...caching, etag: '"1"' } });
    expect(response.headers).not.toHaveProperty('content-type');
  });

  it.each<[number, () => Promise<TestResponse>]>([
    [400, () => caller.get(`${cached}?page=2`)],
    [401, () => host.current.anonymous.get(cached, { 'if-none-match': '"1"' })],
    [403, async () => (await host.current.as(createPrincipal({ roles: ['guest'] }))).get(cached)],
    [404, () => caller.get(`/v1/cached-things/${createId()}`)],
    [405, () => caller.send({ method: 'PUT', url: cached })],
    [406, () => caller.get(cached, { accept: 'text/html' })],
  ])('is not cached when it is an error: %i', async (status, send) => {
    expect(await send()).toMatchObject({ status, headers: { 'cache-control': 'no-store' } });
  });
});

describe('a response that its contract caches for everyone', () => {
  const getRates = async (at: typeof host, headers: Record<string, string> = {}) => {
    const { statusCode, headers: sent, rawPayload } = await at.current.server.inject({ url: '/v1/rates', headers });
    return { status: statusCode, headers: sent, payload: rawPayload };
  };

  it.each([
    ['br', 'br'],
    ['identity', undefined],
  ])('varies by the encoding, sent as %s or not', async (accepted, coding) => {
    const { status, headers, payload } = await getRates(host, { 'accept-encoding': accepted });
    expect([status, headers['content-encoding']]).toEqual([200, coding]);
    expect(headers).toMatchObject({ 'cache-control': 'public, max-age=3600', vary: 'accept-encoding', etag: '"3"' });
    const text = String(coding ? brotliDecompressSync(payload) : payload);
    expect(JSON.parse(text)).toEqual({ version: 3, text: 'long '.repeat(400) });
  });

  it.each([
    [200, {}],
    [304, { 'if-none-match': 'W/"3"' }],
  ])('varies by the origin as well where origins are allowed: %i', async (status, headers) => {
    expect(await getRates(corsHost, { origin: app, ...headers })).toMatchObject({
      status,
      headers: {
        'cache-control': 'public, max-age=3600',
        'access-control-allow-origin': app,
        vary: 'Origin, accept-encoding',
      },
    });
  });
});

describe('a response of a contract without caching', () => {
  it('is not cached', async () => {
    const created = await caller.post('/v1/things', { name: 'not cached', grams: 1 });
    const url = `/v1/things/${created.body.id}`;
    const responses = [created, await caller.get(url), await caller.get(url, { 'if-none-match': '"1"' })];
    expect(responses.map(({ status }) => status)).toEqual([201, 200, 304]);
    expect(responses.map(({ headers }) => [headers['cache-control'], headers['vary']])).toEqual(
      Array(3).fill(['no-store', undefined]),
    );
  });
});

describe('a text that changes with a release only', () => {
  const urls = ['/openapi.json', '/asyncapi.json', '/errors/common/not-found'];
  const caching = { 'cache-control': 'public, max-age=300', vary: 'accept-encoding' };

  it.each(urls)('is cached for everyone, and 304 for its ETag: %s', async (url) => {
    const varying = { ...caching, vary: url.startsWith('/errors') ? 'accept, accept-encoding' : 'accept-encoding' };
    const whole = await host.current.anonymous.get(url);
    expect(whole).toMatchObject({ status: 200, headers: varying });
    const etag = String(whole.headers['etag']);
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    const known = [etag, `W/${etag}`, `"other", ${etag}`, '*'];
    const responses = await Promise.all(known.map((tag) => host.current.anonymous.get(url, { 'if-none-match': tag })));
    expect(responses).toMatchObject(known.map(() => ({ status: 304, text: '', headers: { ...varying, etag } })));
    const other = await host.current.anonymous.get(url, { 'if-none-match': '"other"' });
    expect(other).toMatchObject({ status: 200, text: whole.text });
  });

  it('is compressed once, not for each request', async () => {
    const get = (coding: string) =>
      host.current.server.inject({ url: '/openapi.json', headers: { 'accept-encoding': coding } });
    const plain = (await get('identity')).payload;
    for (const [coding, decompress] of [
      ['br', brotliDecompressSync],
      ['gzip', gunzipSync],
    ] as const) {
      const { headers, rawPayload } = await get(coding);
      expect(headers).toMatchObject({ 'content-encoding': coding, ...caching });
      // A text that is compressed while it is sent has no length.
      expect(headers['content-length']).toBe(String(rawPayload.length));
      expect(decompress(rawPayload).toString()).toBe(plain);
    }
  });

  it('has one ETag on every host, and another one for another text', async () => {
    const getTags = (at: typeof host) =>
      Promise.all(urls.map(async (url) => (await at.current.anonymous.get(url)).headers['etag']));
    const tags = await getTags(host);
    expect(await getTags(corsHost)).toEqual(tags);
    expect(new Set(tags).size).toBe(urls.length);
  });

  it('varies by the origin as well where origins are allowed', async () => {
    const { headers } = await corsHost.current.anonymous.get('/openapi.json', { origin: app });
    expect(headers).toMatchObject({ 'access-control-allow-origin': app, vary: 'Origin, accept-encoding' });
  });

  it('does not include a page that does not exist, which is 404 and not cached', async () => {
    const response = await host.current.anonymous.get('/errors/common/nothing', { 'if-none-match': '*' });
    expect(response).toMatchObject({ status: 404, headers: { 'cache-control': 'no-store' } });
  });
});
