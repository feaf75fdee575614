import { type CallOptions, race, type TestResponse } from '@plinth/service-kit/testing';
import { describe, expect, it } from 'vitest';
import { type Organization, useUsers } from './organization.ts';

const users = useUsers();

type User = { readonly id: string; readonly version: number };
type Removal = (organization: Organization, user: User, options?: CallOptions) => Promise<TestResponse>;

const removals: readonly (readonly [string, Removal])[] = [
  ['demote', ({ changeRole }, user, options) => changeRole(user, 'member', options)],
  ['suspend', ({ suspendUser }, user, options) => suspendUser(user, options)],
  ['delete', ({ deleteUser }, user, options) => deleteUser(user, options)],
];
const pairs = removals.flatMap(([one, first]) => removals.map(([other, second]) => ({ one, other, first, second })));

const isSuccess = ({ status }: TestResponse): boolean => status < 300;
const isRefused = (response: TestResponse): boolean => !isSuccess(response);

describe('an organization keeps an active owner', () => {
  it.each(pairs)('race: when two owners $one and $other each other', async ({ first, second }) => {
    for (let round = 0; round < 3; round += 1) {
      const organization = await users.createOrganization();
      const { tenantId, addUser, as } = organization;
      const [ada, grace] = [await addUser({ role: 'owner' }), await addUser({ role: 'owner' })];
      const [adasToken, gracesToken] = await Promise.all([as(ada, 'owner'), as(grace, 'owner')]);
      const responses = await Promise.all([
        first(organization, grace, { as: adasToken }),
        second(organization, ada, { as: gracesToken }),
      ]);
      expect(responses.filter(isSuccess)).toHaveLength(1);
      // By then the second owner is the last one, or has lost the token or the role.
      const late = responses.find(isRefused);
      expect(['last-owner', 'unauthenticated', 'forbidden']).toContain(late?.body.code);
      expect(await users.getOwnerCount(tenantId)).toBe(1);
    }
  });

  it('race: when ten owners are removed concurrently, one stays', async () => {
    const organization = await users.createOrganization();
    await organization.createUser({ role: 'owner' });
    await race(9, () => organization.createUser({ role: 'owner' }));
    expect(await users.getOwnerCount(organization.tenantId)).toBe(10);
    const owners: User[] = (await organization.owner.get('/v1/users')).body.items;
    const { suspendUser, deleteUser } = organization;
    const responses = await Promise.all(
      owners.map((user, index) => (index % 2 ? suspendUser(user) : deleteUser(user))),
    );
    expect(responses.filter(isSuccess)).toHaveLength(9);
    expect(responses.find(isRefused)).toMatchObject({ status: 409, body: { code: 'last-owner' } });
    expect(await users.getOwnerCount(organization.tenantId)).toBe(1);
  });
});

it('race: when fifty owners are added concurrently, each is counted, or gets owners-changed and may be added later', async () => {
  const { tenantId, createUser } = await users.createOrganization();
  const refused = (await race(50, () => createUser({ role: 'owner' }))).filter(isRefused);
  for (const response of refused) expect(response).toMatchObject({ status: 409, body: { code: 'owners-changed' } });
  expect(await users.getOwnerCount(tenantId)).toBe(50 - refused.length);
  expect((await createUser({ role: 'owner' })).status).toBe(201);
});
