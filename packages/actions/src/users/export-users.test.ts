import { createContext } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createOrganization } from './test/organization.ts';

type User = Awaited<ReturnType<ReturnType<typeof createOrganization>['createUser']>>;

const collect = async (items: AsyncIterable<User>): Promise<User[]> => {
  const users: User[] = [];
  for await (const user of items) users.push(user);
  return users;
};

const withUsers = async (count: number) => {
  const organization = createOrganization();
  const { db, owner, run, createUser } = organization;
  const users: User[] = [];
  for (let index = 0; index < count; index += 1) {
    db.clock.advance(1);
    users.push(await createUser());
  }
  return { ...organization, users, start: () => run.exportUsers({}, owner) };
};

it.each([0, 1, 100, 101, 250])('boundary: returns each of %i users once, the oldest first', async (count) => {
  const { users, start } = await withUsers(count);
  expect(await collect(await start())).toEqual(users);
});

it('integrity: returns no deleted user and no user of another tenant', async () => {
  const { users, start, createUser, deleteUser } = await withUsers(2);
  const [ada, grace] = users as [User, User];
  await createUser({}, createContext());
  await deleteUser(ada);
  expect(await collect(await start())).toEqual([grace]);
});

it('race: a user who is created or deleted meanwhile does not affect the others', async () => {
  const { db, users, start, createUser, deleteUser } = await withUsers(150);
  const seen: string[] = [];
  let late: string | undefined;
  for await (const { id } of await start()) {
    seen.push(id);
    if (seen.length !== 50) continue;
    await deleteUser(users[120] as User);
    db.clock.advance(1);
    late = (await createUser()).id;
  }
  const kept = users.filter((_, index) => index !== 120).map(({ id }) => id);
  expect(seen).toEqual([...kept, late]);
});
