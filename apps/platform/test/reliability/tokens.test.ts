import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import {
  createId,
  createPrincipal,
  type RawHeader,
  type RawRequest,
  type RawResponse,
  sendRawRequest,
} from '@plinth/testing';
import { startChild } from '@plinth/testing/process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isProblem } from './support/assert-response.ts';
import { routes as allRoutes, createResource, toRequest } from './support/requests.ts';
import { type RunningPlatform, startPlatform } from './support/running-platform.ts';

const routes = allRoutes.filter(([, { auth }]) => auth !== 'public');

const outboundGuard = new URL('./support/outbound-guard.ts', import.meta.url).href;
const toHost = (uri: string | undefined): string => new URL(uri ?? '').host;

let platform: RunningPlatform;
let token: string;
let userId: string;
let trap: Server;
let trapUrl: string;
let trapped = 0;

const send = (request: RawRequest): Promise<RawResponse> => sendRawRequest(platform.port, request);

beforeAll(async () => {
  // A server that no request may reach.
  trap = createServer((socket) => {
    trapped += 1;
    socket.destroy();
  });
  await once(trap.listen(0, '127.0.0.1'), 'listening');
  trapUrl = `http://127.0.0.1:${(trap.address() as { port: number }).port}/keys.json`;
  platform = await startPlatform({
    NODE_OPTIONS: `--import=${outboundGuard}`,
    OUTBOUND_ALLOWED: [toHost(process.env['MONGODB_URI']), toHost(process.env['REDIS_URL'])].join(),
  });
  const owner = createPrincipal();
  token = await platform.createToken(owner);
  userId = await createResource(platform.port, `Bearer ${token}`);
});

afterAll(async () => {
  trap.close();
  await platform.close();
});

const expectUnauthenticated = (responses: readonly RawResponse[]): void => {
  const wrong = responses.filter(
    (response) =>
      response.status !== 401 || !isProblem(response) || !response.headers['www-authenticate']?.startsWith('Bearer '),
  );
  expect(wrong.map(({ status, text }) => `${status} ${text}`)).toEqual([]);
};

describe('a token outside the Authorization header gets 401 with WWW-Authenticate, before validation', () => {
  const parameters = [
    'access_token',
    'token',
    'jwt',
    'bearer',
    'authorization',
    'Authorization',
    'api_key',
    'id_token',
  ];

  it.each(routes)('%s', async (_, route) => {
    const request = toRequest(route, { id: userId });
    const inQuery = parameters.flatMap((name) =>
      [token, `Bearer%20${token}`].map((value) => ({ ...request, path: `${request.path}?${name}=${value}` })),
    );
    const headers: readonly RawHeader[] = [
      ['Cookie', `access_token=${token}; Authorization=Bearer ${token}`],
      ['X-Access-Token', token],
      ['X-Authorization', `Bearer ${token}`],
      ['X-Api-Key', token],
      ['Proxy-Authorization', `Bearer ${token}`],
      ['Authorization', token],
      ['Authorization', `Token ${token}`],
      ['Authorization', `Basic ${Buffer.from(`:${token}`).toString('base64')}`],
    ];
    const inHeaders = headers.map((header) => ({ ...request, headers: [...(request.headers ?? []), header] }));
    const form: RawHeader[] = [['Content-Type', 'application/x-www-form-urlencoded']];
    const inBody = { ...request, headers: form, body: `access_token=${token}` };
    expectUnauthenticated(await Promise.all([...inQuery, ...inHeaders, inBody].map(send)));
  });

  it('the same token in the header is accepted', async () => {
    const [, read] = routes.find(([, { method, params }]) => method === 'GET' && params) as (typeof routes)[number];
    expect((await send(toRequest(read, { id: userId, authorization: `Bearer ${token}` }))).status).toBe(200);
  });
});

type Json = Readonly<Record<string, unknown>>;

const encode = (part: Json): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const attackerKeys = generateKeyPairSync('ed25519');
const attackerJwk = { ...attackerKeys.publicKey.export({ format: 'jwk' }), alg: 'EdDSA', use: 'sig', kid: 'attacker' };

/** Creates a token that is signed with the attacker's key; `header` can name a location of that key. */
const forge = (header: Json, claims: Json = {}): string => {
  const now = Math.floor(Date.now() / 1000);
  const times = { iat: now, nbf: now, exp: now + 600 };
  const subject = { iss: 'plinth', aud: 'plinth-api', sub: createId(), tenantId: createId(), roles: ['owner'] };
  const input = `${encode({ alg: 'EdDSA', typ: 'at+jwt', ...header })}.${encode({ ...subject, ...times, ...claims })}`;
  return `${input}.${sign(null, Buffer.from(input), attackerKeys.privateKey).toString('base64url')}`;
};

describe('no token and no header causes an outbound connection', () => {
  it('a token that names the URL of its key gets 401', async () => {
    const known = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as Json;
    const kids = ['attacker', known['kid'], trapUrl, `file://${import.meta.filename}`];
    const keyHeaders = kids.flatMap((kid): Json[] => [
      { kid, jku: trapUrl },
      { kid, x5u: trapUrl },
      { kid, jku: trapUrl.replace('127.0.0.1', 'localhost') },
      { kid, jku: 'https://keys.evil.example/keys.json' },
      { kid, jwk: attackerJwk },
      { kid, x5c: [Buffer.from('certificate').toString('base64')] },
      { kid, crit: ['jku'], jku: trapUrl },
      { kid },
    ]);
    const issuers = [trapUrl, new URL('/', trapUrl).href, 'https://issuer.evil.example'];
    const tokens = [
      ...keyHeaders.map((header) => forge(header)),
      ...issuers.map((iss) => forge({ kid: 'attacker' }, { iss })),
    ];
    const requests = routes.flatMap(([, route]) =>
      tokens.map((forged) => toRequest(route, { id: userId, authorization: `Bearer ${forged}` })),
    );
    expectUnauthenticated(await Promise.all(requests.map(send)));
    expect(trapped).toBe(0);
    expect(platform.stderr()).toBe('');
  });

  it('a header with a URL does not change the response', async () => {
    const headers: readonly RawHeader[] = [
      ['Referer', trapUrl],
      ['Origin', new URL(trapUrl).origin],
      ['X-Forwarded-Host', new URL(trapUrl).host],
      ['Forwarded', `host=${new URL(trapUrl).host}`],
      ['Host', new URL(trapUrl).host],
      ['X-Callback-Url', trapUrl],
      ['True-Client-IP', '10.0.0.1'],
    ];
    const requests = routes.flatMap(([, route]) =>
      headers.map((header) => toRequest(route, { id: userId, authorization: `Bearer ${token}`, headers: [header] })),
    );
    const statuses = (await Promise.all(requests.map(send))).map(({ status }) => status);
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    expect(trapped).toBe(0);
    expect(platform.stderr()).toBe('');
  });

  it.each([
    ['await fetch(process.argv[1]).catch(() => undefined)', 'outbound connection 127.0.0.1:'],
    ["await fetch('http://keys.evil.example/').catch(() => undefined)", 'outbound connection keys.evil.example:80'],
    ["await fetch('https://keys.evil.example/').catch(() => undefined)", 'outbound connection keys.evil.example:443'],
    ["try { require('node:net').connect(1, '10.0.0.1') } catch {}", 'outbound connection 10.0.0.1:1'],
    ["try { require('node:dns').lookup('evil.example', () => {}) } catch {}", 'outbound lookup evil.example'],
  ])('the guard reports %s', async (code, line) => {
    const type = code.includes('require') ? 'commonjs' : 'module';
    const args = [`--import=${outboundGuard}`, `--input-type=${type}`, '--eval', code, trapUrl];
    const { exited, output } = startChild([process.execPath, ...args]);
    await exited;
    expect(output.stderr).toContain(line);
  });
});
