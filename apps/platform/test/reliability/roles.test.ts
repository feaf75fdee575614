import { builtInRoles, type RouteSpec } from '@plinth/contract-kit';
import { anId, aPrincipal, type RawHeader, type RawRequest, type RawResponse, sendRawRequest } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modules } from '../../src/modules.ts';
import { createResource, routes, toRequest } from './support/requests.ts';
import { type RunningPlatform, startPlatform } from './support/running-platform.ts';

let platform: RunningPlatform;
let person: string;
let before: Awaited<ReturnType<RunningPlatform['stored']>>;
const owner = aPrincipal();

const permissions = Object.assign({}, ...modules.flatMap(({ contracts }) => contracts.map((one) => one.permissions)));

/** The roles that a route is meant for; none where every caller is let in. */
const rolesFor = ({ auth }: RouteSpec): readonly string[] | undefined =>
  typeof auth === 'object' ? (permissions[auth.policy] as { roles: readonly string[] }).roles : undefined;

/** Names that resemble roles, or that every object has. */
const strangeRoles: readonly (readonly string[])[] = [
  [],
  ['superadmin'],
  ['admin'],
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

const tokenWith = async (roles: readonly string[]): Promise<string> =>
  `Bearer ${await platform.createToken({ id: anId(), tenantId: owner.tenantId, roles })}`;

const send = (request: RawRequest): Promise<RawResponse> => sendRawRequest(platform.port, request);

beforeAll(async () => {
  platform = await startPlatform();
  person = await createResource(platform.port, await tokenWith(['owner']));
  before = await platform.stored();
});

afterAll(() => platform.close());

const expectUnchanged = async (): Promise<void> => expect(await platform.stored()).toEqual(before);

const guarded = routes.filter(([, route]) => rolesFor(route) !== undefined);
const writes = routes.filter(([, { method }]) => method !== 'GET');

describe('a role below the needed one on every write; unknown role: 403/404, document unchanged', () => {
  it('every write asks for a permission', () => {
    expect(writes.filter((write) => !guarded.includes(write)).map(([operation]) => operation)).toEqual([]);
  });

  it.each(guarded)('%s', async (_, route) => {
    const lower = builtInRoles.filter((role) => !rolesFor(route)?.includes(role)).map((role) => [role]);
    const wrong: string[] = [];
    for (const roles of [...lower, ...(lower.length > 1 ? [lower.flat()] : []), ...strangeRoles]) {
      const authorization = await tokenWith(roles);
      const response = await send(toRequest(route, { authorization, id: person, key: 'role' }));
      const { code, data } = JSON.parse(response.text) as { code?: string; data?: unknown };
      if (response.status !== 403 || code !== 'forbidden')
        wrong.push(`${roles.join()}: ${response.status} ${response.text}`);
      expect(data).toEqual({ permission: (route.auth as { policy: string }).policy });
    }
    expect(wrong).toEqual([]);
    await expectUnchanged();
  });

  it('a valid request of the needed role is what was refused: it is taken', async () => {
    const [, read] = guarded.find(([, { method, path }]) => method === 'GET' && path.includes(':')) ?? [];
    const authorization = await tokenWith(rolesFor(read as RouteSpec)?.slice(0, 1) ?? []);
    expect((await send(toRequest(read as RouteSpec, { authorization, id: person }))).status).toBe(200);
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

describe('method-override headers: 403/404, document unchanged', () => {
  it.each(paths)('%s', async (template) => {
    const path = template.replaceAll(':id', person);
    const tokens = await Promise.all([tokenWith(['owner']), tokenWith(['viewer'])]);
    const own = writes.filter(([, { path: of }]) => of.replaceAll(/:\w+/g, ':id') === template);
    for (const [, { method }] of own) {
      for (const [at, authorization] of tokens.entries()) {
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
        const asOther = overrides(method).map((override) => ({
          method: 'HEAD',
          path,
          headers: [...headers, ...override],
          body,
        }));
        const responses = await Promise.all([...inHeaders, inQuery, inBody, ...asOther].map(send));
        // What is left of it is the method that was sent: a read for whom may read, or nothing.
        expect([at, responses.filter(({ status }) => ![200, 400, 403, 404, 405].includes(status))]).toEqual([at, []]);
        await expectUnchanged();
      }
    }
  });

  it('a path that a proxy may have rewritten is the one that was asked for', async () => {
    const authorization = await tokenWith(['viewer']);
    const rewrites: RawHeader[] = [
      ['X-Original-URL', `/v1/users/${person}`],
      ['X-Rewrite-URL', `/v1/users/${person}`],
      ['X-Forwarded-Uri', `/v1/users/${person}`],
    ];
    for (const header of rewrites) {
      const headers: RawHeader[] = [['Authorization', authorization], ['If-Match', '"1"'], header];
      expect((await send({ method: 'DELETE', path: '/health/live', headers })).status).toBe(405);
    }
    await expectUnchanged();
  });
});
