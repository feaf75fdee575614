import { METHODS } from 'node:http';
import { anId, aPrincipal, mapConcurrently, type RawHeader, type RawResponse, sendRawRequest } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isProblem } from './support/assert-response.ts';
import { createResource } from './support/requests.ts';
import { type RunningPlatform, startPlatform } from './support/running-platform.ts';

const lanes = 8;
// A request to open a tunnel is none to a path.
const methods = METHODS.filter((method) => method !== 'CONNECT');

let platform: RunningPlatform;
let headers: RawHeader[];
let person: string;
let documented: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  platform = await startPlatform();
  const owner = aPrincipal();
  const first = `Bearer ${await platform.createToken(owner)}`;
  person = await createResource(platform.port, first);
  // Whoever asks may do everything, so that nothing but the contract says no.
  headers = [
    ['Authorization', `Bearer ${await platform.createToken({ ...owner, id: person })}`],
    ['Content-Type', 'application/json'],
    ['If-Match', '"1"'],
  ];
  const { text } = await sendRawRequest(platform.port, { method: 'GET', path: '/openapi.json' });
  const { paths } = JSON.parse(text) as { paths: Record<string, object> };
  documented = new Map(
    Object.entries(paths).map(([path, operations]) => [
      path,
      // Every GET answers HEAD as well.
      Object.keys(operations).flatMap((name) => (name === 'get' ? ['GET', 'HEAD'] : [name.toUpperCase()])),
    ]),
  );
});

afterAll(() => platform.close());

/** The paths of the host itself, which the reference does not list. */
const ofHost = ['/health', '/health/live', '/health/ready', '/ready', '/openapi.json', '/errors/common/not-found'];

type Asked = { readonly method: string; readonly path: string };

const ask = async ({ method, path }: Asked): Promise<Asked & { readonly response: RawResponse }> => {
  const body = ['GET', 'HEAD'].includes(method) ? undefined : '{"name":"a","email":"a@b.example","role":"owner"}';
  return { method, path, response: await sendRawRequest(platform.port, { method, path, headers, body }) };
};

const askAll = (asked: readonly Asked[]) => mapConcurrently(asked, ask, lanes);

const inShort = ({ method, path, response }: Asked & { readonly response: RawResponse }): string =>
  `${method} ${path} ${response.status} ${response.headers['allow'] ?? ''}`;

const matches = (path: string, template: string): boolean =>
  new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);

/** The methods that the reference has for a path, by whichever of its templates. */
const methodsOf = (path: string): string[] => {
  // A path with a name of its own is about that, and not about what a template would take the name for.
  const named = documented.get(path);
  return named && !path.includes('{') ? [...named] : methodsOfTemplates(path);
};

const methodsOfTemplates = (path: string): string[] => [
  ...new Set([...documented].flatMap(([template, of]) => (matches(path, template) ? of : []))),
];

describe('undocumented methods and paths: 404/405, never 200', () => {
  it('every other method of every documented path is a 405 that names the documented ones', async () => {
    const paths = [...documented.keys()].map((template) => template.replaceAll(/\{\w+\}/g, person));
    const asked = paths.flatMap((path) =>
      methods.filter((method) => !methodsOf(path).includes(method)).map((method) => ({ method, path })),
    );
    const responses = await askAll(asked);
    const expected = responses.map(
      ({ method, path }) => `${method} ${path} 405 ${methodsOf(path).toSorted().join(', ')}`,
    );
    expect(responses.map(inShort)).toEqual(expected);
    expect(responses.filter(({ method, response }) => method !== 'HEAD' && !isProblem(response))).toEqual([]);
    expect(responses.length).toBeGreaterThan(paths.length * 20);
  });

  it('every other method of the host’s own paths is a 405', async () => {
    const asked = ofHost.flatMap((path) =>
      methods.filter((method) => !['GET', 'HEAD'].includes(method)).map((method) => ({ method, path })),
    );
    const responses = await askAll(asked);
    expect(responses.map(inShort)).toEqual(responses.map(({ method, path }) => `${method} ${path} 405 GET, HEAD`));
  });

  it('a documented path that is written in another way is none', async () => {
    const written = (path: string): string[] => [
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
      `${path}/${anId()}/extra/deep`,
    ];
    const templates = [...documented.keys()].map((template) => template.replaceAll(/\{\w+\}/g, person));
    const asked = templates.flatMap((template) =>
      written(template).flatMap((path) => methodsOf(template).map((method) => ({ method, path }))),
    );
    const responses = await askAll(asked);
    // A last segment with something added is the parameter of another path, and refused as such.
    const wrong = responses.filter(({ path, response }) => {
      const known = [...documented.keys()].some((template) => matches(path, template));
      return !(known ? [400, 404, 405, 428] : [404, 405]).includes(response.status);
    });
    expect(wrong.map(inShort)).toEqual([]);
  });

  it('what servers often have, this one has not', async () => {
    const paths = [
      ...['/', '/v1', '/v1/', '/v2', '/api', '/admin', '/login', '/console', '/graphql', '/graphiql', '/rpc', '/ws'],
      ...['/docs', '/swagger', '/swagger.json', '/openapi.yaml', '/redoc', '/documentation/json', '/reference'],
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
      ...[
        '/v1/organizations',
        '/v1/roles',
        '/v1/tokens',
        '/v1/journal',
        '/v1/user',
        '/v1/users/me/role/x',
        '/v1/Users',
      ],
      ...[
        '/errors',
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
    const asked = paths.flatMap((path) =>
      ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY', 'TRACE'].map((method) => ({
        method,
        path,
      })),
    );
    const responses = await askAll(asked);
    expect(responses.filter(({ response }) => ![404, 405].includes(response.status)).map(inShort)).toEqual([]);
  });

  it('a tunnel is not opened, and an upgrade is not made', async () => {
    const tunnel = await sendRawRequest(platform.port, { method: 'CONNECT', path: '127.0.0.1:22', headers });
    expect([0, 400, 404, 405]).toContain(tunnel.status);
    const upgrade: RawHeader[] = [
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Version', '13'],
    ];
    const path = '/v1/nothing';
    const asked = await sendRawRequest(platform.port, { method: 'GET', path, headers: [...headers, ...upgrade] });
    expect(asked.status).toBe(404);
    const h2c: RawHeader[] = [
      ['Connection', 'Upgrade, HTTP2-Settings'],
      ['Upgrade', 'h2c'],
      ['HTTP2-Settings', 'AAMAAABk'],
    ];
    expect((await sendRawRequest(platform.port, { method: 'GET', path, headers: [...headers, ...h2c] })).status).toBe(
      404,
    );
  });

  it('needs no credential to be refused', async () => {
    const paths = [...documented.keys()].map((template) => template.replaceAll(/\{\w+\}/g, () => anId()));
    const statuses = await Promise.all(
      paths.map(
        async (path) => (await sendRawRequest(platform.port, { method: 'GET', path: `${path}/nothing/at/all` })).status,
      ),
    );
    expect(new Set(statuses)).toEqual(new Set([404]));
  });
});
