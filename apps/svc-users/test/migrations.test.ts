import { connectMongo } from '@plinth/mongo';
import { openTestDatastore, type TestDatastore } from '@plinth/mongo/testing';
import { systemClock, systemIds } from '@plinth/service-kit';
import { openTestHost, type TestHost } from '@plinth/service-kit/testing';
import { anId } from '@plinth/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { usersModule } from '../src/module.ts';
import { aNewUser } from './host.ts';

const options = { clock: systemClock, ids: systemIds };

let datastore: TestDatastore;
let host: TestHost | undefined;

beforeEach(async () => {
  host = undefined;
  datastore = await openTestDatastore();
  // So that its databases go when it is closed.
  datastore.open(usersModule, options);
});
afterEach(() => (host ? host.close() : datastore.close()));

const raw = (collection: string) => datastore.client.db(`${datastore.databasePrefix}users`).collection(collection);

/** A person as they were stored before people had a status. */
const aPersonOfBefore = (overrides: { tenantId: string; role?: string }) => {
  const _id = anId();
  const email = `${_id}@test.example`;
  const now = systemClock.now();
  const own = { _id, version: 1, createdAt: now, updatedAt: now };
  return { ...own, name: 'Ada', email, emailKey: email, role: 'member', ...overrides };
};

type Stored = ReturnType<typeof aPersonOfBefore>;

/** What the database of before had: its documents and its indexes. */
const fillAsBefore = async (people: readonly Stored[]) => {
  const users = datastore.client.db(`${datastore.databasePrefix}users`).collection<Stored>('users');
  await users.insertMany([...people]);
  const fields = { byAge: ['createdAt'], byName: ['name'], byRole: ['role', 'createdAt'] };
  for (const [name, keys] of Object.entries(fields)) {
    const key = Object.fromEntries(['tenantId', ...keys, '_id'].map((field) => [field, 1]));
    await users.createIndex(key, { name });
  }
};

/** Migrations cross tenants, which the guard of the test datastore would report: they run on a connection of their own. */
const migrating = async <T>(work: (by: Awaited<ReturnType<typeof connectMongo>>) => Promise<T>): Promise<T> => {
  const own = await connectMongo({
    MONGODB_URI: process.env['MONGODB_URI'] ?? '',
    MONGODB_POOL_SIZE: 4,
    MONGODB_DATABASE_PREFIX: datastore.databasePrefix,
    CURSOR_SECRET: 'a secret that nobody else knows of',
  });
  try {
    return await work(own);
  } finally {
    await own.close();
  }
};

const start = async () => {
  await migrating((own) => own.open(usersModule, options).prepare());
  host = await openTestHost({ modules: [usersModule], datastore });
  return host;
};
const contract = () => migrating((own) => own.migrations(usersModule, options).migrate({ contract: true }));

const ownersOf = async (tenantId: string) => (await raw('ownerCounts').findOne({ tenantId }))?.['owners'];

it('a database of before people had a status is served by a new start', async () => {
  const [tenantId, other] = [anId(), anId()];
  const owners = [1, 2].map(() => aPersonOfBefore({ tenantId, role: 'owner' }));
  const [person, stranger] = [aPersonOfBefore({ tenantId }), aPersonOfBefore({ tenantId: other })];
  await fillAsBefore([...owners, person, stranger]);
  const served = await start();
  const caller = await served.as({ id: owners[0]?._id ?? '', tenantId, roles: ['owner'] });
  const { body: page } = await caller.get('/v1/users');
  expect(page.items.map(({ id, status, version }: Record<string, unknown>) => ({ id, status, version }))).toEqual(
    expect.arrayContaining([...owners, person].map(({ _id }) => ({ id: _id, status: 'active', version: 1 }))),
  );
  expect(page.items).toHaveLength(3);
  expect([await ownersOf(tenantId), await ownersOf(other)]).toEqual([2, 0]);
  // The count that a migration has made is what keeps the last owner.
  const remove = (id = '') => caller.send({ method: 'DELETE', url: `/v1/users/${id}`, headers: { 'if-match': '"1"' } });
  expect((await remove(owners[1]?._id)).status).toBe(204);
  expect((await remove(owners[0]?._id)).status).toBe(409);
  expect((await caller.post('/v1/users', aNewUser())).status).toBe(201);
  expect(await served.faults()).toEqual([]);
});

it('what code of before writes beside new code is right when the contract has run', async () => {
  const tenantId = anId();
  const first = aPersonOfBefore({ tenantId, role: 'owner' });
  await fillAsBefore([first]);
  await start();
  const late = aPersonOfBefore({ tenantId, role: 'owner' });
  await datastore.raw('users', 'users').insert(late);
  await datastore.raw('users', 'users').insert(aPersonOfBefore({ tenantId: anId(), role: 'owner' }));
  expect(await ownersOf(tenantId)).toBe(1);
  await contract();
  expect(await ownersOf(tenantId)).toBe(2);
  expect(await raw('ownerCounts').countDocuments()).toBe(2);
  expect(await raw('users').countDocuments({ status: 'active', deleted: false })).toBe(3);
  expect(
    (await datastore.raw('users', 'users').indexNames()).filter((name) => /^by(Age|Name|Role)$/.test(name)),
  ).toEqual([]);
  await expect(datastore.raw('users', 'users').insert(aPersonOfBefore({ tenantId }))).rejects.toMatchObject({
    code: 121,
  });
});

it('a new database has nothing to migrate, and its contract is done', async () => {
  await migrating((own) => own.open(usersModule, options).prepare());
  const states = await migrating((own) => own.migrations(usersModule, options).status());
  expect(states.map(({ state, changed }) => `${state} ${changed}`)).toEqual(states.map(() => 'done 0'));
});
