import type { UsersService } from '@plinth/contracts/users';
import { expect, it } from 'vitest';
import { createOrganization } from './test/organization.ts';

type Query = Parameters<UsersService['listUsers']>[0]['query'];

it('returns the DTOs in the requested order, names without case and accents', async () => {
  const { db, owner, run, createUser } = createOrganization();
  const add = (name: string) => {
    db.clock.advance(1000);
    return createUser({ name });
  };
  const users = [await add('ada'), await add('Émile'), await add('Bob'), await add('Ada')] as const;
  const firstPage: Query = { where: {}, sort: '-createdAt', limit: 20, cursor: undefined, fields: undefined };
  const list = (sort: Query['sort']) => run.listUsers({ query: { ...firstPage, sort } }, owner);
  const [ada, emile, bob, secondAda] = users;
  expect(await list('-createdAt')).toEqual({ items: users.toReversed(), nextCursor: null });
  expect(await list('createdAt')).toEqual({ items: users, nextCursor: null });
  expect((await list('name')).items).toEqual([secondAda, ada, bob, emile]);
  expect((await list('-name')).items).toEqual([emile, bob, ada, secondAda]);
});
