import type { Collection, Ctx } from '@plinth/data-kit';
import { expect, it } from 'vitest';
import { createManualClock } from '../clock.ts';
import { createContext, createId } from '../contexts.ts';
import { createThing, type Thing, things } from '../contract-tests/collections.ts';
import { fakeDatabase } from './database.ts';

const add =
  ({ things }: { things: Collection<Thing, 'insert'> }) =>
  async (name: string, ctx: Ctx) =>
    things.for(ctx).insert(createThing({ name }));

it('provides the dependencies of an action and commits its writes', async () => {
  const db = fakeDatabase({ things });
  const thing = await db.unitOfWork(add(db))('Ada', createContext());
  expect(db.things.all()).toEqual([thing]);
});

it('refuses an action that ignores the version of its input, and commits nothing', async () => {
  const db = fakeDatabase({ things });
  const thing = await db.unitOfWork(add(db))('Ada', createContext());
  const ctx = createContext({ tenantId: thing.tenantId });
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

it('returns copies of its documents', async () => {
  const db = fakeDatabase({ things });
  expect(db.things.all()).toEqual([]);
  await db.unitOfWork(add(db))('Ada', createContext());
  for (const thing of db.things.all()) thing.name = 'changed';
  expect(db.things.all()).toMatchObject([{ name: 'Ada' }]);
});

it('race: runs concurrent calls with one context as separate calls', async () => {
  const db = fakeDatabase({ things });
  const ctx = createContext();
  const run = db.unitOfWork(add(db));
  await Promise.all([run('a', ctx), run('b', ctx)]);
  expect(db.things.all().map(({ name }) => name)).toEqual(['a', 'b']);
});

it('uses the clock and the ids of its options', async () => {
  const clock = createManualClock(new Date(5));
  const _id = createId();
  const db = fakeDatabase({ things }, { clock, ids: { next: () => _id } });
  expect(await db.unitOfWork(add(db))('Ada', createContext())).toMatchObject({ _id, createdAt: new Date(5) });
  expect(db.clock).toBe(clock);
});

it('boundary: stores text as BSON does, with U+FFFD for a lone surrogate', async () => {
  const db = fakeDatabase({ things });
  await db.unitOfWork(add(db))('a\uD800', createContext());
  expect(db.things.all()).toMatchObject([{ name: 'a\uFFFD' }]);
});

it('rejects a collection with a reserved name', () => {
  expect(() => fakeDatabase({ clock: things })).toThrow(/'clock' is a reserved name/);
});
