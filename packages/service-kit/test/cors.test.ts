import { load } from '@plinth/config';
import { aPrincipal } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { serviceSettings } from '../src/index.ts';
import { useTestHost } from '../src/testing/index.ts';
import { fakeDatastore, thingsModule } from './things.ts';

const app = 'https://app.example.com';
const host = useTestHost(async () => ({
  modules: [thingsModule],
  datastore: fakeDatastore(),
  corsOrigins: [app, 'http://localhost:5173'],
}));
const closed = useTestHost(async () => ({ modules: [thingsModule], datastore: fakeDatastore() }));

const preflight = (origin: string, method = 'POST') =>
  host.current.anonymous.send({
    method: 'OPTIONS',
    url: '/v1/things',
    headers: { origin, 'access-control-request-method': method },
  });

describe('a page of a known origin', () => {
  it.each([app, 'http://localhost:5173'])('is let in by the preflight: %s', async (origin) => {
    const answer = await preflight(origin);
    expect(answer).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        'access-control-max-age': '600',
      },
    });
    expect(String(answer.headers['access-control-allow-headers']).split(', ')).toEqual(
      expect.arrayContaining(['idempotency-key', 'traceparent', 'tracestate', 'baggage']),
    );
    expect(answer.headers['vary']).toMatch(/origin/i);
  });

  it('has in the answer to its preflight what every answer has, and it is logged', async () => {
    const { headers } = await preflight(app);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'cache-control': 'no-store',
      'x-request-id': expect.any(String),
    });
    const lines = host.current.lines.records().filter((line) => line['requestId'] === headers['x-request-id']);
    expect(lines).toMatchObject([{ event: 'request-served', method: 'OPTIONS', status: 204 }]);
  });

  it('may read the answer and the headers that it needs', async () => {
    const answer = await (await host.current.as(aPrincipal())).post(
      '/v1/things',
      { name: 'a', grams: 1 },
      { origin: app },
    );
    expect(answer).toMatchObject({ status: 201, headers: { 'access-control-allow-origin': app } });
    expect(answer.headers['access-control-expose-headers']).toContain('etag');
  });

  it('may read a refusal', async () => {
    const answer = await host.current.anonymous.post('/v1/things', {}, { origin: app });
    expect(answer).toMatchObject({ status: 401, headers: { 'access-control-allow-origin': app } });
  });
});

describe('a page of another origin', () => {
  it.each(['https://evil.example', `${app}.evil.example`, 'https://APP.example.com:444', 'null'])(
    'is let in nowhere: %s',
    async (origin) => {
      expect((await preflight(origin)).headers['access-control-allow-origin']).toBeUndefined();
      const read = await host.current.anonymous.get('/v1/ping', { origin });
      expect(read.headers['access-control-allow-origin']).toBeUndefined();
    },
  );

  it('is let in nowhere when no origin is known', async () => {
    const answer = await closed.current.anonymous.get('/v1/ping', { origin: app });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    const asked = await closed.current.anonymous.send({
      method: 'OPTIONS',
      url: '/v1/things',
      headers: { origin: app },
    });
    expect(asked.status).toBe(405);
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
