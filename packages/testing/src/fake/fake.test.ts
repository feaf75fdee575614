import type { Collection, Ctx } from '@plinth/data-kit';
import { expect, it } from 'vitest';
import { createManualClock } from '../clock.ts';
import { aContext, anId } from '../contexts.ts';
import { aThing, type Thing, things } from '../contract-tests/collections.ts';
import { fakeDatabase } from './database.ts';

const add =
  ({ things }: { things: Collection<Thing, 'insert'> }) =>
  async (name: string, ctx: Ctx) =>
    things.for(ctx).insert(aThing({ name }));

it('is the deps of an action, and commits what the action recorded', async () => {
  const db = fakeDatabase({ things });
  const thing = await db.unitOfWork(add(db))('Ada', aContext());
  expect(db.things.all()).toEqual([thing]);
});

it('refuses an action that ignores the version of its input, and commits nothing', async () => {
  const db = fakeDatabase({ things });
  const thing = await db.unitOfWork(add(db))('Ada', aContext());
  const ctx = aContext({ tenantId: thing.tenantId });
  const rename =
    (isChecked: boolean) =>
    async ({ version }: { version: readonly number[] }, call: Ctx) => {
      const stored = await db.things.for(call).get(thing._id, isChecked ? { version } : undefined);
      return db.things.for(call).update(stored, { $set: { name: 'changed' } });
    };
  await expect(db.unitOfWork(rename(false))({ version: [7] }, ctx)).rejects.toThrow('ignored the version of If-Match');
  expect(db.things.all()).toEqual([thing]);
  await expect(db.unitOfWork(rename(true))({ version: [7] }, ctx)).rejects.toMatchObject({ code: 'stale-version' });
  expect(await db.unitOfWork(rename(true))({ version: [1] }, ctx)).toMatchObject({ name: 'changed' });
});

it('shows its documents as copies', async () => {
  const db = fakeDatabase({ things });
  expect(db.things.all()).toEqual([]);
  await db.unitOfWork(add(db))('Ada', aContext());
  for (const thing of db.things.all()) thing.name = 'changed';
  expect(db.things.all()).toMatchObject([{ name: 'Ada' }]);
});

it('runs calls that share a context of a test as calls of their own', async () => {
  const db = fakeDatabase({ things });
  const ctx = aContext();
  const run = db.unitOfWork(add(db));
  await Promise.all([run('a', ctx), run('b', ctx)]);
  expect(db.things.all().map(({ name }) => name)).toEqual(['a', 'b']);
});

it('takes the clock and ids that it is given', async () => {
  const clock = createManualClock(new Date(5));
  const _id = anId();
  const db = fakeDatabase({ things }, { clock, ids: { next: () => _id } });
  expect(await db.unitOfWork(add(db))('Ada', aContext())).toMatchObject({ _id, createdAt: new Date(5) });
  expect(db.clock).toBe(clock);
});

it('keeps text as BSON would: what is not Unicode becomes U+FFFD', async () => {
  const db = fakeDatabase({ things });
  await db.unitOfWork(add(db))('a\uD800', aContext());
  expect(db.things.all()).toMatchObject([{ name: 'a\uFFFD' }]);
});

it('gives way to no collection that is named like one of its own parts', () => {
  expect(() => fakeDatabase({ clock: things })).toThrow(/'clock' of its own/);
});
