import { load } from '@plinth/config';
import { createPrincipal } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { serviceSettings } from '../src/index.ts';
import { useTestHost } from '../src/testing/index.ts';
import { fakeDatastore } from './fake-datastore.ts';
import { thingsModule } from './things.ts';

const app = 'https://app.example.com';
const localApp = 'http://localhost:5173';
const options = { modules: [thingsModule], datastore: fakeDatastore() };
const host = useTestHost(async () => ({ ...options, corsOrigins: [app, localApp] }));
const hostWithoutCors = useTestHost(async () => options);

const preflight = (testHost: typeof host, origin: string) =>
  testHost.current.anonymous.send({
    method: 'OPTIONS',
    url: '/v1/things',
    headers: { origin, 'access-control-request-method': 'POST' },
  });

describe('a page of an allowed origin', () => {
  it.each([app, localApp])('may call the API: %s', async (origin) => {
    const { status, headers } = await preflight(host, origin);
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '600',
      vary: expect.stringMatching(/origin/i),
    });
    expect(String(headers['access-control-allow-headers']).split(', ')).toEqual(
      expect.arrayContaining(['idempotency-key', 'if-match', 'traceparent', 'tracestate', 'baggage']),
    );
  });

  it('gets a preflight with the default headers, and it is logged', async () => {
    const { headers } = await preflight(host, app);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'cache-control': 'no-store',
      'x-request-id': expect.any(String),
    });
    const lines = host.current.lines.records().filter((line) => line['requestId'] === headers['x-request-id']);
    expect(lines).toMatchObject([{ event: 'request-served', method: 'OPTIONS', status: 204 }]);
  });

  it('may read a response with its headers, and an error', async () => {
    const caller = await host.current.as(createPrincipal());
    const created = await caller.post('/v1/things', { name: 'a', grams: 1 }, { origin: app });
    expect(created).toMatchObject({ status: 201, headers: { 'access-control-allow-origin': app } });
    const exposed = String(created.headers['access-control-expose-headers']).split(', ');
    const { components } = (await host.current.anonymous.get('/openapi.json')).body;
    const documented = Object.keys(components.headers).map((name) => name.toLowerCase());
    expect(documented).toContain('etag');
    expect(exposed).toEqual(expect.arrayContaining(documented));
    const refused = await host.current.anonymous.post('/v1/things', {}, { origin: app });
    expect(refused).toMatchObject({ status: 401, headers: { 'access-control-allow-origin': app } });
    expect(refused.headers['access-control-expose-headers']).toContain('www-authenticate');
  });

  it('may read the error of a malformed URL', async () => {
    const response = await host.current.anonymous.get('/v1/things/%zz', { origin: app });
    expect(response).toMatchObject({ status: 400, headers: { 'access-control-allow-origin': app } });
  });

  it.each([{ origin: app }, { 'access-control-request-method': 'POST' }])(
    'gets 405 for an OPTIONS that is not a preflight: %j',
    async (headers) => {
      const response = await host.current.anonymous.send({ method: 'OPTIONS', url: '/v1/things', headers });
      expect(response).toMatchObject({
        status: 405,
        headers: { allow: 'POST', 'content-type': 'application/problem+json; charset=utf-8' },
        body: { code: 'method-not-allowed' },
      });
    },
  );
});

describe('a page of another origin', () => {
  it.each(['https://evil.example', `${app}.evil.example`, 'https://APP.example.com:444', 'null'])(
    'may read nothing: %s',
    async (origin) => {
      const responses = [await preflight(host, origin), await host.current.anonymous.get('/v1/ping', { origin })];
      for (const { headers } of responses) expect(headers['access-control-allow-origin']).toBeUndefined();
    },
  );

  it('may read nothing where no origin is allowed', async () => {
    const response = await hostWithoutCors.current.anonymous.get('/v1/ping', { origin: app });
    expect(response.headers['access-control-allow-origin']).toBeUndefined();
    expect((await preflight(hostWithoutCors, app)).status).toBe(405);
  });
});

describe('CORS_ORIGINS', () => {
  const { CORS_ORIGINS } = serviceSettings;
  const read = (value: string) => load({ CORS_ORIGINS }, { CORS_ORIGINS: value }).CORS_ORIGINS;

  it.each(['*', 'https://*.example.com', 'app.example.com', 'null'])('rejects %j', (value) => {
    expect(() => read(value)).toThrow('CORS_ORIGINS is not valid. Set it to origins such as https://app.example.com');
  });

  it.each(['https://app.example.com/', 'https://a.example,https://b.example/path'])(
    'names the slash or the path in %j',
    (value) => {
      expect(() => read(value)).toThrow(
        'CORS_ORIGINS has a path or a trailing slash after an origin. Set it to origins',
      );
    },
  );
});
