import type { Ctx } from '@plinth/data-kit';
import { toEmailKey, users } from '@plinth/models/users';
import { aContext, fakeDatabase } from '@plinth/testing';
import { expect, it } from 'vitest';
import { exportUsers } from './export-users.ts';

const openOffice = () => {
  const db = fakeDatabase({ users });
  const add = db.unitOfWork(async (name: string, ctx: Ctx) => {
    const email = `${name}@test.example`;
    const fields = { status: 'active', deleted: false, role: 'member' } as const;
    return db.users.for(ctx).insert({ name, email, emailKey: toEmailKey(email), ...fields });
  });
  const remove = db.unitOfWork(async (user: Awaited<ReturnType<typeof add>>, ctx: Ctx) => {
    db.users.for(ctx).update(user, { $set: { deleted: true, emailKey: `removed:${user._id}` } });
  });
  return { add, remove, start: (ctx: Ctx) => exportUsers(db)({ query: {} }, ctx), clock: db.clock };
};

const all = async (items: AsyncIterable<{ readonly name: string }>): Promise<string[]> => {
  const names: string[] = [];
  for await (const { name } of items) names.push(name);
  return names;
};

it.each([0, 1, 100, 101, 250])(
  'boundary: gives each of %i people once, in the order of their adding',
  async (count) => {
    const { add, start, clock } = openOffice();
    const ctx = aContext();
    const names = Array.from({ length: count }, (_, at) => `p${at}`);
    for (const name of names) {
      await add(name, ctx);
      clock.advance(1);
    }
    expect(await all(await start(ctx))).toEqual(names);
  },
);

it('integrity: gives nobody of another organization, and nobody who was removed', async () => {
  const { add, remove, start } = openOffice();
  const ctx = aContext();
  await add('stranger', aContext());
  await remove(await add('gone', ctx), ctx);
  await add('here', ctx);
  expect(await all(await start(ctx))).toEqual(['here']);
});

it('race: who is added or removed meanwhile takes nobody else along', async () => {
  const { add, remove, start, clock } = openOffice();
  const ctx = aContext();
  const people = [];
  for (let at = 0; at < 150; at += 1) {
    people.push(await add(`p${at}`, ctx));
    clock.advance(1);
  }
  const seen: string[] = [];
  for await (const { name } of await start(ctx)) {
    seen.push(name);
    if (seen.length !== 50) continue;
    await remove(people[120] as (typeof people)[0], ctx);
    await add('late', ctx);
  }
  expect(seen).toEqual([...people.map(({ name }) => name).filter((name) => name !== 'p120'), 'late']);
});
