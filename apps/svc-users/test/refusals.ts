import type { RouteSpec } from '@plinth/contract-kit';
import { usersContract } from '@plinth/service-contracts/users';
import type { TestResponse } from '@plinth/service-kit/testing';
import { createId } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import type { Operation, Options, Organization, Users } from './organization.ts';

type User = { readonly id: string; readonly version: number };

type Refusals = {
  /** Sends a valid request for a user. */
  readonly perform: (organization: Organization, user: User, options?: Options) => Promise<TestResponse>;
  /** Puts a new user into the state that the request needs. */
  readonly prepare?: (organization: Organization, user: User) => Promise<unknown>;
};

/** Adds a user, runs `requests`, and expects that they changed nothing in the organization. */
const expectUnchanged = async (
  { users, perform, prepare }: Refusals & { readonly users: Users },
  requests: (
    send: (user: User, options?: Options) => Promise<TestResponse>,
    user: User,
    org: Organization,
  ) => Promise<void>,
): Promise<void> => {
  const organization = await users.createOrganization();
  const user: User = await organization.addUser();
  await prepare?.(organization, user);
  const before = await organization.stored();
  await requests((target, options) => perform(organization, target, options), user, organization);
  expect(await organization.stored()).toEqual(before);
};

const bodyTests = (route: RouteSpec, refusals: Refusals & { readonly users: Users }): void => {
  it('413 and 415: refuses a body above 256 KiB and one that is not JSON', () =>
    expectUnchanged(refusals, async (_, { id }, { owner }) => {
      const call = { method: route.method, url: route.path.replace(':id', id) };
      const large = { body: { extra: 'x'.repeat(256 * 1024) }, headers: { 'if-match': '"1"' } };
      expect((await owner.send({ ...call, ...large })).status).toBe(413);
      const text = { body: 'role=owner', headers: { 'if-match': '"1"', 'content-type': 'text/plain' } };
      expect((await owner.send({ ...call, ...text })).status).toBe(415);
    }));
};

const versionTests = (refusals: Refusals & { readonly users: Users }): void => {
  it('412: refuses a stale version and a weak tag', () =>
    expectUnchanged(refusals, async (send, user) => {
      const stale = { status: 412, body: { code: 'stale-version' } };
      expect(await send({ ...user, version: user.version + 1 })).toMatchObject(stale);
      expect(await send(user, { headers: { 'if-match': `W/"${user.version}"` } })).toMatchObject(stale);
    }));

  it.each(['', '*'])('428: requires the version when If-Match is "%s"', (ifMatch) =>
    expectUnchanged(refusals, async (send, user) => {
      const response = await send(user, { headers: { 'if-match': ifMatch } });
      expect(response).toMatchObject({ status: 428, body: { code: 'precondition-required' } });
    }),
  );
};

/** Defines the tests of the refusals that all writes to one user have in common, if the route declares them. */
export const describeRefusals = (users: Users, operation: Operation, operationRefusals: Refusals): void => {
  const route: RouteSpec = usersContract.routes[operation];
  const permission = typeof route.auth === 'object' ? route.auth.policy : undefined;
  const refusals = { ...operationRefusals, users };
  describe('refusals', () => {
    it('400, 401 and 403: refuses a malformed id, anonymous callers and other roles', () =>
      expectUnchanged(refusals, async (send, user, { tenantId }) => {
        for (const id of ['x', '%00', '1'.repeat(100), '$ne']) expect((await send({ ...user, id })).status).toBe(400);
        expect((await send(user, { as: users.host.anonymous })).status).toBe(401);
        for (const role of ['member', 'viewer', 'unknown', '__proto__']) {
          const response = await send(user, { as: await users.userWithRole(role, tenantId) });
          expect(response).toMatchObject({ status: 403, body: { data: { permission } } });
        }
      }));

    it('boundary: 404 for a user of another tenant and for an unknown id', () =>
      expectUnchanged(refusals, async (send, user) => {
        const unknown = { status: 404, body: { code: 'not-found' } };
        expect(await send(user, { as: await users.userWithRole('owner') })).toMatchObject(unknown);
        expect(await send({ ...user, id: createId() })).toMatchObject(unknown);
      }));

    it('422: refuses a key that was used for another user', async () => {
      const options = { headers: { 'idempotency-key': createId() } };
      const organization = await users.createOrganization();
      const [ada, grace]: [User, User] = [await organization.addUser(), await organization.addUser()];
      for (const user of [ada, grace]) await operationRefusals.prepare?.(organization, user);
      expect((await operationRefusals.perform(organization, ada, options)).status).toBeLessThan(300);
      const before = await organization.stored();
      expect(await operationRefusals.perform(organization, grace, options)).toMatchObject({ status: 422 });
      expect(await organization.stored()).toEqual(before);
    });

    if (route.body) bodyTests(route, refusals);
    if (route.method !== 'POST') versionTests(refusals);
  });
};
