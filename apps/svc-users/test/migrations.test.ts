import { createUserInput } from '@plinth/actions/users/testing';
import { toSortKey } from '@plinth/data-kit';
import { connectMongo } from '@plinth/mongo';
import { openTestDatastore, type TestDatastore } from '@plinth/mongo/testing';
import { systemClock, systemIds } from '@plinth/service-kit';
import { openTestHost, type TestHost } from '@plinth/service-kit/testing';
import { createId } from '@plinth/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { usersModule } from '../src/module.ts';

const options = { clock: systemClock, ids: systemIds };

let datastore: TestDatastore;
let host: TestHost | undefined;

beforeEach(async () => {
  host = undefined;
  datastore = await openTestDatastore();
  // The datastore drops the databases of opened modules when it closes.
  datastore.open(usersModule, options);
});
afterEach(() => (host ? host.close() : datastore.close()));

type StoredUser = {
  readonly _id: string;
  readonly tenantId: string;
  readonly [field: string]: string | number | boolean | Date;
};

const collection = (name: string) =>
  datastore.client.db(`${datastore.databasePrefix}users`).collection<StoredUser>(name);

/** Creates a user as stored before users had a status and a marker of deletion. */
const createLegacyUser = (overrides: { readonly tenantId: string; readonly [field: string]: unknown }): StoredUser => {
  const _id = createId();
  const [email, now] = [`${_id}@test.example`, systemClock.now()];
  const entity = { _id, version: 1, createdAt: now, updatedAt: now };
  return { ...entity, name: 'Ada', email, emailKey: email, role: 'member', ...overrides };
};

const insertLegacyUsers = async (
  users: readonly StoredUser[],
  indexes: Readonly<Record<string, readonly string[]>>,
) => {
  await collection('users').insertMany([...users]);
  for (const [name, fields] of Object.entries(indexes)) {
    const key = Object.fromEntries(['tenantId', ...fields, '_id'].map((field) => [field, 1] as const));
    await collection('users').createIndex(key, { name });
  }
};

const indexesBeforeStatus = { byAge: ['createdAt'], byName: ['name'], byRole: ['role', 'createdAt'] };
const indexesBeforeNameKey = { alphabetical: ['deleted', 'name'] };

/** Runs migrations on a connection of its own, because they cross tenants and the query guard would report them. */
const migrate = async <T>(work: (connection: Awaited<ReturnType<typeof connectMongo>>) => Promise<T>): Promise<T> => {
  const MONGODB_URI = process.env['MONGODB_URI'] ?? '';
  const settings = { MONGODB_URI, MONGODB_POOL_SIZE: 4, CURSOR_SECRET: 'a secret of this connection alone' };
  const connection = await connectMongo({ ...settings, MONGODB_DATABASE_PREFIX: datastore.databasePrefix });
  return work(connection).finally(() => void connection.close());
};

const start = async () => {
  await migrate((connection) => connection.open(usersModule, options).prepare());
  host = await openTestHost({ modules: [usersModule], datastore });
  return host;
};
const runContractPhases = () =>
  migrate((connection) => connection.migrations(usersModule, options).migrate({ contract: true }));
const getOwnerCount = async (tenantId: string) => (await collection('ownerCounts').findOne({ tenantId }))?.['owners'];

describe('a database without a status of users', () => {
  it('is served after the start, with a status and the owners counted', async () => {
    const [tenantId, other] = [createId(), createId()];
    const owners = [1, 2].map(() => createLegacyUser({ tenantId, role: 'owner' }));
    await insertLegacyUsers(
      [...owners, createLegacyUser({ tenantId }), createLegacyUser({ tenantId: other })],
      indexesBeforeStatus,
    );
    const served = await start();
    const caller = await served.as({ id: createId(), tenantId, roles: ['owner'] });
    const { items } = (await caller.get('/v1/users?sort=name')).body;
    expect(items).toHaveLength(3);
    for (const user of items) expect(user).toMatchObject({ status: 'active', version: 1 });
    expect([await getOwnerCount(tenantId), await getOwnerCount(other)]).toEqual([2, 0]);
    for (const [index, status] of [204, 409].entries()) {
      const url = `/v1/users/${owners[index]?._id}`;
      expect((await caller.send({ method: 'DELETE', url, headers: { 'if-match': '"1"' } })).status).toBe(status);
    }
    expect((await caller.post('/v1/users', createUserInput())).status).toBe(201);
    expect(await served.faults()).toEqual([]);
  });

  it('is complete after the contract phase, even for documents that earlier code wrote while new code ran', async () => {
    const tenantId = createId();
    await insertLegacyUsers([createLegacyUser({ tenantId, role: 'owner' })], indexesBeforeStatus);
    await start();
    await collection('users').insertOne(createLegacyUser({ tenantId, role: 'owner' }));
    await collection('users').insertOne(createLegacyUser({ tenantId: createId(), role: 'owner' }));
    expect(await getOwnerCount(tenantId)).toBe(1);
    await runContractPhases();
    expect(await getOwnerCount(tenantId)).toBe(2);
    expect(await collection('users').countDocuments({ status: 'active', deleted: false })).toBe(3);
    const names = await datastore.raw('users', 'users').indexNames();
    expect(names.filter((name) => /^by(Age|Name|Role)$/.test(name))).toEqual([]);
    await expect(collection('users').insertOne(createLegacyUser({ tenantId }))).rejects.toMatchObject({ code: 121 });
  });
});

describe('a database without a key of names', () => {
  const current = { status: 'active', deleted: false };

  it('lists users in the order of names after the start', async () => {
    const tenantId = createId();
    const names = ['Zoe', 'Émile', 'alice', 'Bob'];
    await insertLegacyUsers(
      names.map((name) => createLegacyUser({ tenantId, name, ...current })),
      indexesBeforeNameKey,
    );
    const served = await start();
    const caller = await served.as({ id: createId(), tenantId, roles: ['owner'] });
    const { items } = (await caller.get('/v1/users?sort=name')).body;
    expect(items.map(({ name }: { name: string }) => name)).toEqual(['alice', 'Bob', 'Émile', 'Zoe']);
    for (const user of items) expect(user.version).toBe(1);
    expect(await served.faults()).toEqual([]);
  });

  it('is correct after the contract phase, although earlier code renamed and created users without a key', async () => {
    const tenantId = createId();
    const ada = createLegacyUser({ tenantId, ...current });
    await insertLegacyUsers([ada], indexesBeforeNameKey);
    await start();
    await collection('users').updateOne({ _id: ada._id }, { $set: { name: 'Éva', version: 2 } });
    await collection('users').insertOne(createLegacyUser({ tenantId, name: 'bob', ...current }));
    await runContractPhases();
    const keys = await collection('users').distinct('nameKey', { tenantId });
    expect(new Set(keys)).toEqual(new Set([toSortKey('bob'), toSortKey('Éva')]));
    expect(await datastore.raw('users', 'users').indexNames()).not.toContain('alphabetical');
    await expect(collection('users').insertOne(createLegacyUser({ tenantId, ...current }))).rejects.toMatchObject({
      code: 121,
    });
  });
});
