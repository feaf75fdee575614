import { brotliDecompressSync } from 'node:zlib';
import { anId, aPrincipal } from '@plinth/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { openApiOf } from '../src/index.ts';
import { type Caller, useTestHost } from '../src/testing/index.ts';
import { fakeDatastore, thingsContract, thingsModule } from './things.ts';

const app = 'https://app.example.com';
const host = useTestHost(async () => ({ modules: [thingsModule], datastore: fakeDatastore() }));
const forPages = useTestHost(async () => ({
  modules: [thingsModule],
  datastore: fakeDatastore(),
  corsOrigins: [app],
}));

let caller: Caller;
let kept: string;
beforeAll(async () => {
  caller = await host.current.as(aPrincipal());
  const made = await caller.post('/v1/things', { name: 'kept', grams: 1 });
  kept = `/v1/kept-things/${made.body.id}`;
});

describe('an answer that its contract lets the caller keep', () => {
  const caching = { 'cache-control': 'private, max-age=60', vary: 'authorization, accept-encoding' };

  it('says for how long, and by whose credential it was given', async () => {
    const answer = await caller.get(kept);
    expect(answer).toMatchObject({ status: 200, headers: { ...caching, etag: '"1"' } });
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('says so again to a caller who has it', async () => {
    const answer = await caller.get(kept, { 'if-none-match': '"1"' });
    expect(answer).toMatchObject({ status: 304, text: '', headers: { ...caching, etag: '"1"' } });
    expect(answer.headers).not.toHaveProperty('content-type');
  });

  it.each<[number, () => Promise<{ status: number; headers: unknown }>]>([
    [400, () => caller.get(`${kept}?page=2`)],
    [401, () => host.current.nobody.get(kept, { 'if-none-match': '"1"' })],
    [403, async () => (await host.current.as(aPrincipal({ roles: ['nobody'] }))).get(kept)],
    [404, () => caller.get(`/v1/kept-things/${anId()}`)],
    [405, () => caller.send({ method: 'HEAD', url: kept })],
    [406, () => caller.get(kept, { accept: 'text/html' })],
  ])('is none of the errors in its place: %i', async (status, ask) => {
    expect(await ask()).toMatchObject({ status, headers: { 'cache-control': 'no-store' } });
  });
});

describe('an answer that its contract lets everybody keep', () => {
  const rates = async (at: typeof host, headers: Record<string, string> = {}) => {
    const { statusCode, headers: sent, rawPayload } = await at.current.server.inject({ url: '/v1/rates', headers });
    return { status: statusCode, headers: sent, payload: rawPayload };
  };

  it.each([
    ['br', 'br'],
    ['identity', undefined],
  ])('names what it depends on, sent as %s or not', async (asked, coding) => {
    const { status, headers, payload } = await rates(host, { 'accept-encoding': asked });
    expect([status, headers['content-encoding']]).toEqual([200, coding]);
    expect(headers).toMatchObject({ 'cache-control': 'public, max-age=3600', vary: 'accept-encoding', etag: '"3"' });
    const text = String(coding ? brotliDecompressSync(payload) : payload);
    expect(JSON.parse(text)).toEqual({ version: 3, text: 'long '.repeat(400) });
  });

  it.each([
    [200, {}],
    [304, { 'if-none-match': 'W/"3"' }],
  ])('names the page that may read it as well, where pages may: %i', async (expected, headers) => {
    const answer = await rates(forPages, { origin: app, ...headers });
    expect(answer).toMatchObject({
      status: expected,
      headers: {
        'cache-control': 'public, max-age=3600',
        'access-control-allow-origin': app,
        vary: 'origin, accept-encoding',
      },
    });
  });
});

describe('an answer of which its contract says nothing', () => {
  it('is kept by nobody', async () => {
    const made = await caller.post('/v1/things', { name: 'not kept', grams: 1 });
    const url = `/v1/things/${made.body.id}`;
    const answers = [made, await caller.get(url), await caller.get(url, { 'if-none-match': '"1"' })];
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 304]);
    for (const { headers } of answers) {
      expect(headers['cache-control']).toBe('no-store');
      expect(headers).not.toHaveProperty('vary');
    }
  });

  it('names the page that may read it, compressed or not', async () => {
    const pages = await forPages.current.as(aPrincipal());
    expect((await pages.get('/v1/ping', { origin: app })).headers['vary']).toBe('Origin');
    expect((await pages.get('/v1/long', { origin: app })).headers['vary']).toBe('origin, accept-encoding');
  });
});

describe('the reference', () => {
  it('tells which answers may be kept, and of no others', () => {
    const paths = openApiOf('a', [thingsContract])['paths'] as Record<string, Record<string, { responses: object }>>;
    const controlsOf = (path: string) =>
      Object.entries(paths[path]?.['get']?.responses ?? {}).flatMap(([status, { headers = {} }]) => {
        const control = headers['Cache-Control'];
        return control ? [[status, control.schema.const]] : [];
      });
    expect(controlsOf('/v1/kept-things/{id}')).toEqual([
      ['200', 'private, max-age=60'],
      ['304', 'private, max-age=60'],
    ]);
    expect(controlsOf('/v1/rates')).toMatchObject([
      ['200', 'public, max-age=3600'],
      ['304', 'public, max-age=3600'],
    ]);
    expect(controlsOf('/v1/things/{id}')).toEqual([]);
  });
});

describe('what is the same until the next release', () => {
  const pages = ['/openapi.json', '/errors/common/not-found'];

  it.each(pages)('may be kept by everybody, and asked for by its ETag: %s', async (url) => {
    const whole = await host.current.nobody.get(url);
    expect(whole).toMatchObject({ status: 200, headers: { 'cache-control': 'public, max-age=300' } });
    const etag = String(whole.headers['etag']);
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = await host.current.nobody.get(url, { 'if-none-match': known });
      expect(answer).toMatchObject({
        status: 304,
        text: '',
        headers: { 'cache-control': 'public, max-age=300', etag },
      });
    }
    expect(await host.current.nobody.get(url, { 'if-none-match': '"other"' })).toMatchObject({
      status: 200,
      text: whole.text,
    });
  });

  it('has the same ETag on every host, and another one for another text', async () => {
    const etagOf = async (at: typeof host, url: string) => (await at.current.nobody.get(url)).headers['etag'];
    const tags = await Promise.all(pages.map((url) => etagOf(host, url)));
    expect(await Promise.all(pages.map((url) => etagOf(forPages, url)))).toEqual(tags);
    expect(new Set(tags).size).toBe(pages.length);
  });

  it('names the page that may read it, where pages may', async () => {
    const answer = await forPages.current.nobody.get('/openapi.json', { origin: app });
    expect(answer.headers).toMatchObject({ 'access-control-allow-origin': app, vary: 'Origin' });
  });

  it('is no page that does not exist', async () => {
    const answer = await host.current.nobody.get('/errors/common/nothing', { 'if-none-match': '*' });
    expect(answer).toMatchObject({ status: 404, headers: { 'cache-control': 'no-store' } });
  });
});
