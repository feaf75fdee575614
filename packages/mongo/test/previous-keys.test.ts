import { IdempotencyKeyConflict, keyLifetimeMs } from '@plinth/data-kit';
import { createContext, createId, createIds } from '@plinth/testing';
import { type Db, type Document, Timestamp } from 'mongodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { createDatastore } from '../src/datastore.ts';
import { createNote, notes } from './notes.ts';
import { ageKeys, useDatastore } from './stores.ts';

const datastore = useDatastore();
const clock = { now: () => new Date() };
const open = () =>
  datastore.current.open({ name: 'previous', collections: { notes } }, { clock, ids: createIds(clock) });
const getDb = (): Db => datastore.current.client.db(`${datastore.current.databasePrefix}previous`);
const getJournal = () => getDb().collection<Document & { _id: string }>('journal');

beforeAll(async () => {
  await open().prepare();
  // Databases of the previous release have this index, and a start of this release keeps it.
  const partialFilterExpression = { key: { $exists: true } };
  await getJournal().createIndex({ tenantId: 1, key: 1 }, { name: 'byKey', unique: true, partialFilterExpression });
});

const createRow = (tenantId: string, body: string) => ({
  _id: createId(),
  tenantId,
  at: new Date(),
  actor: { kind: 'user', id: 'a' },
  requestId: 'r',
  traceId: 't',
  operation: 'add',
  changes: [],
  events: [],
  key: 'k',
  fingerprint: 'f',
  answer: { status: 201, headers: {}, body },
});

const toTime = (ms: number) => new Timestamp({ t: Math.floor(ms / 1000), i: 1 });
const dayAgo = () => Date.now() - keyLifetimeMs;
const createCtx = (tenantId: string) => createContext({ tenantId, deadline: Date.now() + 10_000 });

const add = (tenantId: string, { body = 'second', status = 201 } = {}) => {
  const ctx = createCtx(tenantId);
  const { unitOfWork, collections } = open();
  return unitOfWork.run(ctx, async () => collections.notes.for(ctx).insert(createNote()), {
    operation: 'add',
    idempotency: { key: 'k', fingerprint: 'f', toResponse: () => ({ status, headers: {}, body }) },
  });
};
const findBody = async (tenantId: string) => (await open().journal.find(createCtx(tenantId), 'k'))?.response.body;

describe('while the previous release runs, an idempotency key', () => {
  it.each([
    { what: 'with a server time', keyedAt: toTime(Date.now()) },
    { what: 'of an earlier release, without a server time,', keyedAt: undefined },
  ])('integrity: $what in a journal row is replayed, and has no second effect', async ({ keyedAt }) => {
    const tenantId = createId();
    await getJournal().insertOne({ ...createRow(tenantId, 'first'), ...(keyedAt && { keyedAt }) });
    await expect(add(tenantId)).rejects.toBeInstanceOf(IdempotencyKeyConflict);
    expect(await findBody(tenantId)).toBe('first');
    expect(await getDb().collection('notes').countDocuments({ tenantId })).toBe(0);
    expect(await getDb().collection('idempotencyKeys').countDocuments({ tenantId })).toBe(0);
  });

  it('race: in a journal row fails its own write set of a group, and no other', async () => {
    const [used, ...unused] = Array.from({ length: 12 }, createId) as [string, ...string[]];
    await getJournal().insertOne(createRow(used, 'first'));
    const outcomes = await Promise.allSettled([used, ...unused].map((tenantId) => add(tenantId)));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', ...unused.map(() => 'fulfilled')]);
  });

  it('integrity: that this release has used for a success cannot be used by the previous release', async () => {
    const tenantId = createId();
    await add(tenantId);
    await expect(getJournal().insertOne(createRow(tenantId, 'second'))).rejects.toMatchObject({ code: 11_000 });
  });

  it('that this release has used for a refusal can be used by the previous release', async () => {
    const tenantId = createId();
    await add(tenantId, { status: 409 });
    await expect(getJournal().insertOne(createRow(tenantId, 'second'))).resolves.toMatchObject({ acknowledged: true });
  });

  it.each([
    { what: 'its server time', fields: () => ({ keyedAt: toTime(dayAgo()) }) },
    { what: 'the time of its row', fields: () => ({ at: new Date(dayAgo()) }) },
  ])('boundary: expires a day after $what', async ({ fields }) => {
    const tenantId = createId();
    await getJournal().insertOne({ ...createRow(tenantId, 'first'), ...fields() });
    expect(await findBody(tenantId)).toBeUndefined();
    await add(tenantId);
    expect(await findBody(tenantId)).toBe('second');
  });

  it('boundary: that this release has used expires in the journal row as well', async () => {
    const tenantId = createId();
    await add(tenantId, { body: 'first' });
    await ageKeys(getDb(), keyLifetimeMs);
    await getJournal().updateOne({ tenantId }, { $set: { keyedAt: toTime(dayAgo()) } });
    await add(tenantId);
    expect(await findBody(tenantId)).toBe('second');
  });

  it.each([
    { what: 'fails', data: { errorCode: 50 }, code: 'upstream-timeout' },
    { what: 'is not confirmed', data: { writeConcernError: { code: 64, errmsg: 'timed out' } }, code: 'unavailable' },
  ])('integrity: is not a conflict when it has expired in the journal and freeing it $what', async ({ data, code }) => {
    const tenantId = createId();
    await getJournal().insertOne({ ...createRow(tenantId, 'first'), at: new Date(dayAgo()) });
    const admin = datastore.current.client.db('admin');
    const namespace = `${getDb().databaseName}.journal`;
    const failCommand = { failCommands: ['update'], namespace, ...data };
    await admin.command({ configureFailPoint: 'failCommand', mode: { times: 1 }, data: failCommand });
    await expect(add(tenantId)).rejects.toMatchObject({ code });
    await expect(add(tenantId)).resolves.toMatchObject({ version: 1 });
  });
});

describe('after the previous release', () => {
  it('boundary: a repair drops the index of keys on request; then rows may repeat a key, and are not searched', async () => {
    const { client, databasePrefix } = datastore.current;
    const store = open();
    const tenantId = createId();
    await add(tenantId, { body: 'first' });
    const migrations = createDatastore({ client, databasePrefix, cursorSecrets: ['a secret of tests'] }).migrations(
      { name: 'previous', collections: { notes } },
      { clock, ids: createIds(clock) },
    );
    const { repaired } = await migrations.repair({ dropIndexes: true });
    expect(repaired).toEqual([`Dropped the index '${databasePrefix}previous.journal.byKey'.`]);
    const sent: Document[] = [];
    const onCommand = ({ command }: { readonly command: Document }) => sent.push(command);
    client.on('commandStarted', onCommand);
    expect(await store.journal.find(createCtx(createId()), 'k')).toBeUndefined();
    expect(await store.journal.find(createCtx(createId()), 'k')).toBeUndefined();
    client.off('commandStarted', onCommand);
    expect(sent.filter(({ find }) => find === 'journal')).toHaveLength(1);
    await ageKeys(getDb(), keyLifetimeMs);
    await add(tenantId);
    expect(await getJournal().countDocuments({ tenantId, key: 'k' })).toBe(2);
    expect(await findBody(tenantId)).toBe('second');
  });
});
