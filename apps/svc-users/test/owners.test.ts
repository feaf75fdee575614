import type { Caller, TestResponse } from '@plinth/service-kit/testing';
import { anId } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { aNewUser, anOrganization, personOf, statusesOf, useUsers } from './host.ts';

const users = useUsers();

const ways: readonly (readonly [string, (caller: Caller, id: string) => Promise<TestResponse>])[] = [
  ['demote', (caller, id) => personOf(caller, id).give('member')],
  ['suspend', (caller, id) => personOf(caller, id).suspend()],
  ['remove', (caller, id) => personOf(caller, id).remove()],
];
const pairs = ways.flatMap(([one, first]) => ways.map(([other, second]) => ({ one, other, first, second })));

const isSuccess = ({ status }: TestResponse): boolean => status < 300;

describe('an organization keeps an active owner', () => {
  it.each(pairs)('race: when two owners $one and $other each other', async ({ first, second }) => {
    for (let round = 0; round < 3; round += 1) {
      const { tenantId, hire, person: ada } = await anOrganization(users, 'owner');
      const grace = await hire({ role: 'owner' });
      const as = ({ id }: { id: string }) => users.as({ id, tenantId, roles: ['owner'] });
      const [adasToken, gracesToken] = await Promise.all([as(ada), as(grace)]);
      const answers = await Promise.all([first(adasToken, grace.id), second(gracesToken, ada.id)]);
      expect(answers.filter(isSuccess)).toHaveLength(1);
      // Who comes late is told that they are the last, or has no valid token any longer.
      const late = answers.find((answer) => !isSuccess(answer));
      expect(['last-owner', 'unauthenticated']).toContain(late?.body.code);
      expect(await users.ownersOf(tenantId)).toBe(1);
    }
  });

  it('race: of ten owners who are all taken away at once, one stays', async () => {
    const { tenantId, owner, hire, person } = await anOrganization(users, 'owner');
    const others = await Promise.all(Array.from({ length: 9 }, () => hire({ role: 'owner' })));
    expect(await users.ownersOf(tenantId)).toBe(10);
    const answers = await Promise.all(
      [person, ...others].map(({ id }, at) => ways[at % ways.length]?.[1](owner, id) as Promise<TestResponse>),
    );
    expect(answers.filter(isSuccess)).toHaveLength(9);
    expect(answers.find((answer) => !isSuccess(answer))).toMatchObject({ status: 409, body: { code: 'last-owner' } });
    expect(await users.ownersOf(tenantId)).toBe(1);
  });
});

describe('owners are counted', () => {
  it('race: when fifty are added at once', async () => {
    const { tenantId, owner } = await anOrganization(users, 'owner');
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => owner.post('/v1/users', aNewUser({ role: 'owner' }))),
    );
    expect(statusesOf(answers)).toEqual(Array.from({ length: 50 }, () => 201));
    expect(await users.ownersOf(tenantId)).toBe(51);
  });

  it('race: when the first fifty are added at once: who is refused may try again', async () => {
    const tenantId = anId();
    const owner = await users.someone('owner', tenantId);
    const add = () => owner.post('/v1/users', aNewUser({ role: 'owner' }));
    const answers = await Promise.all(Array.from({ length: 50 }, add));
    const refused = answers.filter((answer) => !isSuccess(answer));
    expect(refused.filter(({ status, body }) => status !== 409 || body.code !== 'owners-changed')).toEqual([]);
    expect(await users.ownersOf(tenantId)).toBe(50 - refused.length);
    expect((await add()).status).toBe(201);
  });

  it('integrity: through all that can happen to them, and apart from those of other tenants', async () => {
    const { tenantId, hire, suspend, reactivate, remove, restore, give } = await anOrganization(users, 'owner');
    await hire({ role: 'owner' });
    const stranger = await anOrganization(users, 'owner');
    const counts: number[] = [];
    const steps = [suspend, reactivate, () => remove(3), restore, () => give('viewer', 5), () => give('owner', 6)];
    for (const step of steps) {
      expect(isSuccess(await step())).toBe(true);
      counts.push(await users.ownersOf(tenantId));
    }
    expect(counts).toEqual([1, 2, 1, 2, 1, 2]);
    expect(await users.ownersOf(stranger.tenantId)).toBe(1);
  });
});
