import { builtInRoles, isOfPlatform, type RouteSpec } from '@plinth/contract-kit';
import { listContractOwners } from '@plinth/service-kit';
import { createPrincipal, type RawHeader, type RawRequest, type RawResponse, sendRawRequest } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modules } from '../../src/modules.ts';
import { createResource, routes, toRequest } from './support/requests.ts';
import { type RunningPlatform, startPlatform } from './support/running-platform.ts';

let platform: RunningPlatform;
let userId: string;
let storedAtStart: Awaited<ReturnType<RunningPlatform['stored']>>;
const owner = createPrincipal();

const permissions = Object.assign(
  {},
  ...listContractOwners(modules).flatMap(({ contracts }) => contracts.map((contract) => contract.permissions)),
);

/** The roles that may call a route; undefined when every caller may. */
const rolesFor = ({ auth }: RouteSpec): readonly string[] | undefined =>
  typeof auth === 'object' ? (permissions[auth.policy] as { roles: readonly string[] }).roles : undefined;

/** Names that resemble roles or are inherited by every object. */
const unknownRoles: readonly (readonly string[])[] = [
  [],
  ['superadmin'],
  ['root'],
  ['Owner'],
  ['OWNER'],
  ['owner,member'],
  ['owner.'],
  ['*'],
  ['users:write'],
  ['__proto__'],
  ['constructor'],
  ['toString'],
  ['hasOwnProperty', 'valueOf'],
];

const tokens = new Map<string, Promise<string>>();
/** Returns a token with some roles. Each is created once, because its user is stored by a connection of its own. */
const tokenWith = async (roles: readonly string[]): Promise<string> => {
  const key = JSON.stringify(roles);
  const token = tokens.get(key) ?? platform.createToken({ ...owner, roles });
  tokens.set(key, token);
  return `Bearer ${await token}`;
};

const send = (request: RawRequest): Promise<RawResponse> => sendRawRequest(platform.port, request);

beforeAll(async () => {
  platform = await startPlatform();
  userId = await createResource(platform.port, await tokenWith(['owner']));
  storedAtStart = await platform.stored();
});

afterAll(() => platform.close());

const expectUnchanged = async (): Promise<void> => expect(await platform.stored()).toEqual(storedAtStart);

const guarded = routes.filter(([, route]) => rolesFor(route) !== undefined);
/** The writes of organizations. Those of the platform concern the caller's own identity. */
const writes = routes.filter(([, route]) => route.method !== 'GET' && !isOfPlatform(route));

describe('integrity: a role without the permission or an unknown role gets 403 and changes nothing', () => {
  afterAll(expectUnchanged);

  it('every write requires a permission', () => {
    expect(writes.filter((write) => !guarded.includes(write)).map(([operation]) => operation)).toEqual([]);
  });

  it.each(guarded)('%s', async (_, route) => {
    const insufficient = builtInRoles.filter((role) => !rolesFor(route)?.includes(role));
    const refused = [...insufficient.map((role) => [role]), insufficient, ...unknownRoles];
    const responses = await Promise.all(
      refused.map(async (roles) => {
        const authorization = await tokenWith(roles);
        return { roles, ...(await send(toRequest(route, { authorization, id: userId, key: 'role' }))) };
      }),
    );
    const wrong = responses.filter(({ status, text }) => status !== 403 || JSON.parse(text).code !== 'forbidden');
    expect(wrong).toEqual([]);
    for (const { text } of responses)
      expect(JSON.parse(text)).toMatchObject({ data: { permission: (route.auth as { policy: string }).policy } });
  });

  it('the same request succeeds with the required role', async () => {
    const [, read] = guarded.find(([, { method, path }]) => method === 'GET' && path.includes(':')) ?? [];
    const authorization = await tokenWith(rolesFor(read as RouteSpec)?.slice(0, 1) ?? []);
    expect((await send(toRequest(read as RouteSpec, { authorization, id: userId }))).status).toBe(200);
  });
});

const overrides = (method: string): readonly RawHeader[][] => [
  [['X-HTTP-Method-Override', method]],
  [['X-HTTP-Method', method]],
  [['X-Method-Override', method]],
  [['X-Original-Method', method]],
  [['X-Rewrite-Method', method]],
];

const paths = [...new Set(routes.map(([, { path }]) => path))].map((path) => path.replaceAll(/:\w+/g, () => ':id'));

describe('integrity: a header that overrides the method or the path changes nothing', () => {
  afterAll(expectUnchanged);

  it.each(paths)('%s', async (template) => {
    const path = template.replaceAll(':id', userId);
    const tokens = await Promise.all([tokenWith(['owner']), tokenWith(['viewer'])]);
    const writesOfPath = writes.filter(([, route]) => route.path.replaceAll(/:\w+/g, ':id') === template);
    for (const [, { method }] of writesOfPath) {
      for (const [index, authorization] of tokens.entries()) {
        const headers: RawHeader[] = [
          ['Authorization', authorization],
          ['If-Match', '"1"'],
          ['Content-Type', 'application/json'],
        ];
        const body = '{"name":"Changed","role":"viewer"}';
        const inHeaders = overrides(method).map((override) => ({
          method: 'GET',
          path,
          headers: [...headers, ...override],
        }));
        const inQuery = { method: 'GET', path: `${path}?_method=${method}`, headers };
        const inBody = { method: 'OPTIONS', path, headers, body: `{"_method":"${method}","name":"Changed"}` };
        const asHead = overrides(method).map((override) => ({
          method: 'HEAD',
          path,
          headers: [...headers, ...override],
          body,
        }));
        const responses = await Promise.all([...inHeaders, inQuery, inBody, ...asHead].map(send));
        // The server uses the method that was sent: a read, or an error.
        expect([index, responses.filter(({ status }) => ![200, 400, 403, 404, 405].includes(status))]).toEqual([
          index,
          [],
        ]);
      }
    }
  });

  it('serves the path of the request line, not that of a rewrite header', async () => {
    const authorization = await tokenWith(['viewer']);
    const rewrites: RawHeader[] = [
      ['X-Original-URL', `/v1/users/${userId}`],
      ['X-Rewrite-URL', `/v1/users/${userId}`],
      ['X-Forwarded-Uri', `/v1/users/${userId}`],
    ];
    for (const header of rewrites) {
      const headers: RawHeader[] = [['Authorization', authorization], ['If-Match', '"1"'], header];
      expect((await send({ method: 'DELETE', path: '/health/live', headers })).status).toBe(405);
    }
  });
});
