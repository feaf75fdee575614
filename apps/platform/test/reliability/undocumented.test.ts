import { METHODS } from 'node:http';
import {
  createId,
  createPrincipal,
  mapConcurrently,
  type RawHeader,
  type RawResponse,
  sendRawRequest,
} from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isProblem } from './support/assert-response.ts';
import { createResource } from './support/requests.ts';
import { type RunningPlatform, startPlatform } from './support/running-platform.ts';

const concurrency = 8;
// CONNECT has no path.
const methods = METHODS.filter((method) => method !== 'CONNECT');

let platform: RunningPlatform;
let headers: RawHeader[];
let userId: string;
let documented: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  platform = await startPlatform();
  // The caller has every permission, so that no request is rejected with 403.
  const authorization = `Bearer ${await platform.createToken(createPrincipal({ identityId: createId() }))}`;
  userId = await createResource(platform.port, authorization);
  headers = [
    ['Authorization', authorization],
    ['Content-Type', 'application/json'],
    ['If-Match', '"1"'],
  ];
  const { text } = await sendRawRequest(platform.port, { method: 'GET', path: '/openapi.json' });
  const { paths } = JSON.parse(text) as { paths: Record<string, object> };
  documented = new Map(
    Object.entries(paths).map(([path, operations]) => [
      path,
      // Every GET route serves HEAD as well.
      Object.keys(operations).flatMap((name) => (name === 'get' ? ['GET', 'HEAD'] : [name.toUpperCase()])),
    ]),
  );
});

afterAll(() => platform.close());

/** Paths of the host that the reference does not list. */
const hostPaths = [
  '/health',
  '/health/live',
  '/health/ready',
  '/ready',
  '/openapi.json',
  '/asyncapi.json',
  '/docs',
  '/errors',
  '/errors/common/not-found',
];

type SentRequest = { readonly method: string; readonly path: string };

const send = async ({ method, path }: SentRequest): Promise<SentRequest & { readonly response: RawResponse }> => {
  const body = ['GET', 'HEAD'].includes(method) ? undefined : '{"name":"a","email":"a@b.example","role":"owner"}';
  return { method, path, response: await sendRawRequest(platform.port, { method, path, headers, body }) };
};

const sendAll = (requests: readonly SentRequest[]) => mapConcurrently(requests, send, concurrency);

const summarize = ({ method, path, response }: SentRequest & { readonly response: RawResponse }): string =>
  `${method} ${path} ${response.status} ${response.headers['allow'] ?? ''}`;

const matches = (path: string, template: string): boolean =>
  new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);

/** Returns the documented methods of a path. */
const listMethods = (path: string): string[] => {
  // A literal path such as /v1/users/me has priority over a template that matches it.
  const ofLiteralPath = path.includes('{') ? undefined : documented.get(path);
  const ofTemplates = [...documented].flatMap(([template, names]) => (matches(path, template) ? names : []));
  return [...new Set(ofLiteralPath ?? ofTemplates)];
};

describe('undocumented methods and paths get 404 or 405', () => {
  it('returns 405 with Allow for any other method of a documented path', async () => {
    const paths = [...documented.keys()].map((template) => template.replaceAll(/\{\w+\}/g, userId));
    const requests = paths.flatMap((path) =>
      methods.filter((method) => !listMethods(path).includes(method)).map((method) => ({ method, path })),
    );
    const responses = await sendAll(requests);
    const expected = responses.map(
      ({ method, path }) => `${method} ${path} 405 ${listMethods(path).toSorted().join(', ')}`,
    );
    expect(responses.map(summarize)).toEqual(expected);
    expect(responses.filter(({ method, response }) => method !== 'HEAD' && !isProblem(response))).toEqual([]);
    expect(responses.length).toBeGreaterThan(paths.length * 20);
  });

  it('returns 405 for any other method of the paths of the host', async () => {
    const requests = hostPaths.flatMap((path) =>
      methods.filter((method) => !['GET', 'HEAD'].includes(method)).map((method) => ({ method, path })),
    );
    const responses = await sendAll(requests);
    expect(responses.map(summarize)).toEqual(responses.map(({ method, path }) => `${method} ${path} 405 GET, HEAD`));
  });

  it('returns 404 or 405 for other spellings of a documented path', async () => {
    const createSpellings = (path: string): string[] => [
      `${path}/`,
      `/${path}`,
      path.toUpperCase(),
      path.replace('/v1', '/v2'),
      path.replace('/v1', ''),
      path.replace('/v1', '/V1'),
      path.replace('/v1/', '/v1//'),
      path.replace('/v1/', '/v1/./'),
      path.replace('/v1/', '/v1/../v1/'),
      path.replace('/v1/', '/v1\\'),
      `${path}.json`,
      `${path};a=b`,
      `${path}%00`,
      `${path}%20`,
      `${path}%2f`,
      `${path}/..`,
      `${path}/extra`,
      `${path}/${createId()}/extra/deep`,
    ];
    const templates = [...documented.keys()].map((template) => template.replaceAll(/\{\w+\}/g, userId));
    const requests = templates.flatMap((template) =>
      createSpellings(template).flatMap((path) => listMethods(template).map((method) => ({ method, path }))),
    );
    const responses = await sendAll(requests);
    // A changed last segment can be an invalid parameter of another path.
    const wrong = responses.filter(({ path, response }) => {
      const isDocumented = [...documented.keys()].some((template) => matches(path, template));
      return !(isDocumented ? [400, 404, 405, 428] : [404, 405]).includes(response.status);
    });
    expect(wrong.map(summarize)).toEqual([]);
  });

  it('returns 404 or 405 for paths that scanners try', async () => {
    const paths = [
      ...[
        '/',
        '/v1',
        '/v1/',
        '/v2',
        '/api',
        '/admin',
        '/login',
        '/console',
        '/demo/accounts',
        '/graphql',
        '/graphiql',
        '/rpc',
        '/ws',
      ],
      ...['/swagger', '/swagger.json', '/openapi.yaml', '/redoc', '/documentation/json', '/reference'],
      ...['/metrics', '/status', '/info', '/version', '/debug', '/debug/pprof/', '/actuator/env', '/healthz', '/livez'],
      ...[
        '/.env',
        '/.git/config',
        '/.well-known/jwks.json',
        '/package.json',
        '/src/main.ts',
        '/node_modules/',
        '/test',
      ],
      ...['/favicon.ico', '/robots.txt', '/index.html', '/index.php', '/wp-login.php', '/cgi-bin/', '/server-status'],
      ...['/v1/organizations', '/v1/tokens', '/v1/journal', '/v1/user', '/v1/users/me/role/x', '/v1/Users'],
      ...[
        '/docs/',
        '/docs/reference.js',
        '/errors/',
        '/errors/common',
        '/errors/common/',
        '/errors/__proto__/constructor',
        '/errors/../.env',
      ],
      ...[
        '/health/',
        '/health/startup',
        '/Health',
        '/ready/',
        '/%2e%2e/%2e%2e/etc/passwd',
        '/..%2f..%2fetc/passwd',
        '*',
      ],
    ];
    const requests = paths.flatMap((path) =>
      ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY', 'TRACE'].map((method) => ({
        method,
        path,
      })),
    );
    const responses = await sendAll(requests);
    expect(responses.filter(({ response }) => ![404, 405].includes(response.status)).map(summarize)).toEqual([]);
  });

  it('opens no tunnel and upgrades no connection', async () => {
    const tunnel = await sendRawRequest(platform.port, { method: 'CONNECT', path: '127.0.0.1:22', headers });
    expect([0, 400, 404, 405]).toContain(tunnel.status);
    const upgrade: RawHeader[] = [
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Version', '13'],
    ];
    const path = '/v1/nothing';
    const upgraded = await sendRawRequest(platform.port, { method: 'GET', path, headers: [...headers, ...upgrade] });
    expect(upgraded.status).toBe(404);
    const h2c: RawHeader[] = [
      ['Connection', 'Upgrade, HTTP2-Settings'],
      ['Upgrade', 'h2c'],
      ['HTTP2-Settings', 'AAMAAABk'],
    ];
    expect((await sendRawRequest(platform.port, { method: 'GET', path, headers: [...headers, ...h2c] })).status).toBe(
      404,
    );
  });

  it('returns 404 for an unknown path without a token', async () => {
    const paths = [...documented.keys()].map((template) => template.replaceAll(/\{\w+\}/g, () => createId()));
    const statuses = await Promise.all(
      paths.map(
        async (path) => (await sendRawRequest(platform.port, { method: 'GET', path: `${path}/nothing/at/all` })).status,
      ),
    );
    expect(new Set(statuses)).toEqual(new Set([404]));
  });
});
