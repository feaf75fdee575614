import { randomBytes } from 'node:crypto';
import { createContext, createIds, createManualClock } from '@plinth/testing';
import { expect, it, onTestFinished } from 'vitest';
import { connectObserved, openRaw } from './index.ts';

const MONGODB_URI = String(process.env['MONGODB_URI']);

it('reports a command before it is sent, and when it has succeeded', async () => {
  const steps: string[] = [];
  const connect = connectObserved(({ kind, command }) => steps.push(`${command} ${kind}`));
  const datastore = await connect({
    MONGODB_URI,
    MONGODB_POOL_SIZE: 2,
    MONGODB_DATABASE_PREFIX: undefined,
    CURSOR_SECRET: randomBytes(32).toString('hex'),
  });
  onTestFinished(() => datastore.close());
  const clock = createManualClock();
  const { journal } = datastore.open({ name: 'observed', collections: {} }, { clock, ids: createIds(clock) });
  steps.length = 0;
  await journal.find(createContext(), 'a key');
  // The key is looked up by its collection, then by the index of the previous release.
  expect(steps).toEqual(['find started', 'find succeeded', 'find started', 'find succeeded']);
});

it('reads any database, and drops those with a prefix', async () => {
  const prefix = `t${randomBytes(6).toString('hex')}_`;
  const [database, other] = [`${prefix}notes`, `u${prefix}notes`];
  const raw = openRaw(MONGODB_URI);
  onTestFinished(() => raw.close());
  await raw.collection(database, 'notes').insertMany([{ _id: 'b' }, { _id: 'a' }]);
  expect(await raw.collection(database, 'notes').all()).toEqual([{ _id: 'a' }, { _id: 'b' }]);
  await raw.collection(other, 'notes').insert({ _id: 'c' });
  await raw.dropAll(prefix);
  expect(await raw.collection(database, 'notes').all()).toEqual([]);
  expect(await raw.collection(other, 'notes').all()).toEqual([{ _id: 'c' }]);
  await raw.dropAll(other);
  await expect(raw.dropAll('')).rejects.toThrow('Name the prefix');
});
