import { type BuiltInRole, isOfPlatform, type RouteSpec } from '@plinth/contract-kit';
import { openTestDatastore, type TestDatastore } from '@plinth/mongo/testing';
import { listContractOwners } from '@plinth/service-kit';
import { type Caller, openTestHost, type TestHost, type TestResponse } from '@plinth/service-kit/testing';
import { createId, createStoredUser } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modules } from '../src/modules.ts';
import { routes as allRoutes, createSampleValues, toPath } from './host.ts';
import { localPorts } from './local-ports.ts';

type User = { readonly id: string; readonly version: number };

/** The routes of organizations. Those of the platform serve identities, whatever a user of theirs may do. */
const routes = (allRoutes as readonly (readonly [string, RouteSpec])[]).filter(([, route]) => !isOfPlatform(route));
const tenantId = createId();

const isHeavy = process.env['PLINTH_HEAVY'] === '1';
/** The time until a change of a user has an effect; longer on a machine that runs other tests too. */
const effectWithinMs = isHeavy ? 1000 : 15_000;
const founderId = createId();

let datastore: TestDatastore;
let host: TestHost;
/** Moved forward, so that new tokens are later than every revocation. */
let offsetMs = 0;

beforeAll(async () => {
  datastore = await openTestDatastore();
  const clock = { now: () => new Date(Date.now() + offsetMs) };
  host = await openTestHost({ modules, localPorts, datastore, callers: 'stored', clock });
  await datastore.raw('users', 'users').insertMany([createStoredUser({ id: founderId, tenantId, role: 'owner' })]);
  // The founder is not counted as an owner, and the last owner cannot be changed.
  await addUser('owner');
});

afterAll(() => host.close());

const as = (id: string, ...roles: readonly BuiltInRole[]): Promise<Caller> => host.as({ id, tenantId, roles });
const asFounder = (): Promise<Caller> => as(founderId, 'owner');

let added = 0;

const addUser = async (role: BuiltInRole): Promise<User> => {
  added += 1;
  const body = { name: `User ${added}`, email: `user-${added}@test.example`, role };
  const response = await (await asFounder()).post('/v1/users', body);
  expect(response.status).toBe(201);
  return response.body;
};

/** Sends a valid request to a route. */
const call = (caller: Caller, route: RouteSpec, id: string): Promise<TestResponse> =>
  caller.send({
    method: route.method,
    url: toPath(route, id),
    body: route.body && createSampleValues(route.body, 1)[0],
    headers: { 'if-match': '"99"' },
  });

type Change = (user: User, founder: Caller) => Promise<TestResponse>;

const suspend: Change = ({ id }, founder) => founder.send({ method: 'POST', url: `/v1/users/${id}/suspension` });
const remove: Change = ({ id, version }, founder) =>
  founder.send({ method: 'DELETE', url: `/v1/users/${id}`, headers: { 'if-match': `"${version}"` } });
const demote: Change = ({ id, version }, founder) =>
  founder.send({
    method: 'PUT',
    url: `/v1/users/${id}/role`,
    body: { role: 'viewer' },
    headers: { 'if-match': `"${version}"` },
  });

/** Changes an owner who has just used a token, and returns them with a token that was issued after the change. */
const changeOwner = async (change: Change): Promise<{ readonly user: User; readonly caller: Caller }> => {
  const user = await addUser('owner');
  const earlier = await as(user.id, 'owner');
  expect((await earlier.get('/v1/users/me')).status).toBe(200);
  expect((await change(user, await asFounder())).status).toBeLessThan(300);
  await expect.poll(async () => (await earlier.get('/v1/users/me')).status, { timeout: effectWithinMs }).toBe(401);
  offsetMs += 31_000;
  return { user, caller: await as(user.id, 'owner') };
};

const permissions = Object.assign(
  {},
  ...listContractOwners(modules).flatMap(({ contracts }) => contracts.map((contract) => contract.permissions)),
) as Readonly<Record<string, { readonly roles: readonly string[] }>>;

const isForViewers = ({ auth }: RouteSpec): boolean =>
  typeof auth !== 'object' || permissions[auth.policy]?.roles.includes('viewer') === true;

const protectedRoutes = routes.filter(([, { auth }]) => auth !== 'public');

describe.each([
  ['suspended', suspend, 'The user of the token is suspended.'],
  ['deleted', remove, 'The user of the token does not exist in the organization.'],
])('a new token of a user who was %s', (_, change, detail) => {
  it('is refused by every route', async () => {
    const { user, caller } = await changeOwner(change);
    for (const [operation, route] of protectedRoutes) {
      const { status, body } = await call(caller, route, user.id);
      expect([operation, status, body?.detail]).toEqual([operation, 401, detail]);
    }
  });
});

it('a new token with the earlier role of a user has the permissions of their role now, on every route', async () => {
  const { caller } = await changeOwner(demote);
  const { id } = await addUser('member');
  for (const [operation, route] of protectedRoutes) {
    const { status } = await call(caller, route, id);
    expect([operation, status === 403]).toEqual([operation, !isForViewers(route)]);
  }
});

it('a token with a lower role than its user has the permissions of that role, on every route', async () => {
  const caller = await as((await addUser('owner')).id, 'viewer');
  const { id } = await addUser('member');
  for (const [operation, route] of protectedRoutes) {
    const { status } = await call(caller, route, id);
    expect([operation, status === 403]).toEqual([operation, !isForViewers(route)]);
  }
});

it.each([
  ['who does not exist', () => createId(), tenantId],
  ['of another organization', () => founderId, createId()],
])('a token of a user %s is refused by every route', async (_, getId, ofTenant) => {
  const caller = await host.as({ id: getId(), tenantId: ofTenant, roles: ['owner'] });
  for (const [operation, route] of protectedRoutes) {
    expect([operation, (await call(caller, route, founderId)).status]).toEqual([operation, 401]);
  }
});

it(`a user who is reactivated or restored has access with a new token${isHeavy ? ' within a second' : ''}`, async () => {
  for (const [change, undo] of [
    [suspend, 'reactivation'],
    [remove, 'restoration'],
  ] as const) {
    const { user, caller } = await changeOwner(change);
    expect((await caller.get('/v1/users/me')).status).toBe(401);
    const undone = await (await asFounder()).send({ method: 'POST', url: `/v1/users/${user.id}/${undo}` });
    expect(undone.status).toBe(200);
    await expect.poll(async () => (await caller.get('/v1/users/me')).status, { timeout: effectWithinMs }).toBe(200);
  }
});

it('the access of a user who was served before is read from memory: the only query is that of the route', async () => {
  const caller = await as((await addUser('owner')).id, 'owner');
  await caller.get('/v1/users/me');
  const countFinds = async (): Promise<number> => {
    const commands: string[] = [];
    const onCommand = ({ commandName }: { commandName: string }) => void commands.push(commandName);
    datastore.client.on('commandStarted', onCommand);
    expect((await caller.get(`/v1/users/${createId()}`)).status).toBe(404);
    datastore.client.off('commandStarted', onCommand);
    return commands.filter((name) => name === 'find').length;
  };
  // The event of the creation may arrive after the first request, which then is not the only one that looks the user up.
  await expect.poll(countFinds).toBe(1);
  expect(await countFinds()).toBe(1);
});

it(`a change of a custom role has an effect for each of its users, also with the same token${isHeavy ? ' within a second' : ''}`, async () => {
  const founder = await asFounder();
  const role = (await founder.post('/v1/roles', { name: 'Clerk', permissions: ['orders:read'] })).body;
  const users: User[] = [];
  for (const name of ['first', 'second']) {
    const body = { name, email: `${name}-clerk@test.example`, role: 'custom', roleId: role.id };
    users.push((await founder.post('/v1/users', body)).body);
  }
  const callers = await Promise.all(users.map(({ id }) => host.as({ id, tenantId, roles: ['custom'] })));
  const getStatuses = (path: string) => Promise.all(callers.map(async (caller) => (await caller.get(path)).status));
  const change = (version: number, permissions: readonly string[]) =>
    founder.send({
      method: 'PATCH',
      url: `/v1/roles/${role.id}`,
      body: { permissions },
      headers: { 'if-match': `"${version}"` },
    });
  expect(await getStatuses('/v1/orders')).toEqual([200, 200]);
  expect(await getStatuses('/v1/users')).toEqual([403, 403]);
  expect((await change(1, ['users:read'])).status).toBe(200);
  await expect.poll(() => getStatuses('/v1/orders'), { timeout: effectWithinMs }).toEqual([403, 403]);
  expect(await getStatuses('/v1/users')).toEqual([200, 200]);
  // A token of another role than the user has now gives nothing, and never widens.
  const stale = await host.as({ id: users[0]?.id ?? '', tenantId, roles: ['owner'] });
  expect([(await stale.get('/v1/users')).status, (await stale.get('/v1/orders')).status]).toEqual([200, 403]);
  const member = await addUser('member');
  const pretender = await host.as({ id: member.id, tenantId, roles: ['custom'] });
  expect((await pretender.get('/v1/orders')).status).toBe(403);
});
