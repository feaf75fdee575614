import { createContext, createId, createIds } from '@plinth/testing';
import { createDatabasePrefix } from '@plinth/testing/process';
import { afterAll, expect, it } from 'vitest';
import { connectMongo } from '../src/index.ts';
import { openRaw } from '../src/testing/index.ts';
import { createNote, notes } from './notes.ts';

const uri = String(process.env['MONGODB_URI']);
const prefix = createDatabasePrefix();
const connected: { close(): Promise<void> }[] = [];

/** Opens the same database as a process with these secrets. */
const openWith = async (CURSOR_SECRET: string, CURSOR_SECRET_PREVIOUS?: string) => {
  const settings = { MONGODB_URI: uri, MONGODB_POOL_SIZE: 2, MONGODB_DATABASE_PREFIX: prefix };
  const datastore = await connectMongo({ ...settings, CURSOR_SECRET, CURSOR_SECRET_PREVIOUS });
  connected.push(datastore);
  const clock = { now: () => new Date() };
  const store = datastore.open({ name: 'rotated', collections: { notes } }, { clock, ids: createIds(clock) });
  await store.prepare();
  return store;
};

afterAll(async () => {
  const raw = openRaw(uri);
  await raw.dropAll(`${prefix}rotated`);
  await raw.close();
  await Promise.all(connected.map((datastore) => datastore.close()));
});

it('a list that began with the previous secret continues in a process with a new one, until the previous one is removed', async () => {
  const ctx = createContext({ tenantId: createId(), deadline: Date.now() + 20_000 });
  const query = { where: {}, sort: 'createdAt', limit: 1 } as const;
  const before = await openWith('before the rotation');
  for (const note of [createNote(), createNote()]) {
    await before.unitOfWork.run(ctx, async () => before.collections.notes.for(ctx).insert(note), { operation: 'add' });
  }
  const first = await before.collections.notes.for(ctx).list(query);
  const cursor = first.nextCursor ?? '';

  const during = await openWith('after the rotation', 'before the rotation');
  const second = await during.collections.notes.for(ctx).list({ ...query, cursor });
  expect(second).toMatchObject({ items: [{ words: 1 }], nextCursor: null });
  expect(second.items[0]?._id).not.toBe(first.items[0]?._id);

  const after = await openWith('after the rotation');
  const invalid = { code: 'invalid-cursor', status: 400 };
  await expect(after.collections.notes.for(ctx).list({ ...query, cursor })).rejects.toMatchObject(invalid);
  const newCursor = (await during.collections.notes.for(ctx).list(query)).nextCursor ?? '';
  expect((await after.collections.notes.for(ctx).list({ ...query, cursor: newCursor })).items).toEqual(second.items);
});
