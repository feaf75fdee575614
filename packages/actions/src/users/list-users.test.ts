import type { UsersService } from '@plinth/contracts/users';
import { expect, it } from 'vitest';
import { createOrganization } from './test/organization.ts';

type Query = Parameters<UsersService['listUsers']>[0]['query'];

const withUsers = async () => {
  const { db, owner, run, createUser, ...operations } = createOrganization();
  const add = (body: Parameters<typeof createUser>[0]) => {
    db.clock.advance(1000);
    return createUser(body);
  };
  const ada = await add({ name: 'ada', email: 'Ada@acme.example', role: 'owner' });
  const users = [ada, await add({ name: 'Émile' }), await add({ name: 'Bob' }), await add({ name: 'Ada' })] as const;
  const firstPage: Query = { where: {}, sort: '-createdAt', limit: 20, cursor: undefined, fields: undefined };
  const list = (query: Partial<Query> = {}) => run.listUsers({ query: { ...firstPage, ...query } }, owner);
  return { ...operations, users, list };
};

it('returns the DTOs in the requested order, names without case and accents', async () => {
  const { users, list } = await withUsers();
  const [ada, emile, bob, secondAda] = users;
  expect(await list()).toEqual({ items: users.toReversed(), nextCursor: null });
  expect(await list({ sort: 'createdAt' })).toEqual({ items: users, nextCursor: null });
  expect((await list({ sort: 'name' })).items).toEqual([secondAda, ada, bob, emile]);
  expect((await list({ sort: '-name' })).items).toEqual([emile, bob, ada, secondAda]);
});

it('integrity: no list includes a deleted user', async () => {
  const { users, list, deleteUser } = await withUsers();
  const [ada, emile, bob, secondAda] = users;
  await deleteUser(emile);
  expect((await list()).items).toEqual([secondAda, bob, ada]);
  expect((await list({ sort: 'name' })).items).toEqual([secondAda, ada, bob]);
  for (const where of [{ role: 'member' }, { status: 'active' }, { email: emile.email }] as const) {
    expect((await list({ where })).items).not.toContainEqual(expect.objectContaining({ id: emile.id }));
  }
});
