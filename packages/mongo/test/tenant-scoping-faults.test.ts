import { commonErrors } from '@plinth/contract-kit';
import { type Ctx, createUnitOfWork, createWriteSets, type WriteSets } from '@plinth/data-kit';
import { createContext, createId, createIds } from '@plinth/testing';
import type { Db, Document } from 'mongodb';
import { beforeAll, expect, it } from 'vitest';
import { createCollection } from '../src/collections/collection.ts';
import { createEncryptedCursors } from '../src/collections/encrypted-cursors.ts';
import { createCommit } from '../src/commit/group-commit.ts';
import type { Write } from '../src/commit/write.ts';
import { monitorPrimary, type PrimaryMonitor } from '../src/primary-monitor.ts';
import { createPointReads, pointsMax } from '../src/reads/point-reads.ts';
import { createNote, notes } from './notes.ts';
import { useDatastore } from './stores.ts';

const datastore = useDatastore();
const clock = { now: () => new Date() };
let primary: PrimaryMonitor;

beforeAll(async () => {
  primary = monitorPrimary(datastore.current.client);
  await datastore.current.open({ name: 'faults', collections: { notes } }, { clock, ids: createIds(clock) }).prepare();
});

/** A fault of a collection: it changes the commands of its reads or the writes that it records. */
type Fault = {
  readonly onFind?: (find: Document) => Document;
  readonly onAggregate?: (command: Document) => Document;
  readonly onWrite?: (write: Write) => Write;
};

const dropTenant = (filter: Document): Document => {
  const { tenantId: _, ...rest } = filter;
  return rest;
};

const countIds = ({ filter }: Document): number => filter['_id']?.['$in']?.length ?? 0;

const createFindFault = (matches: (find: Document) => boolean): Fault => ({
  onFind: (find) => (matches(find) ? { ...find, filter: dropTenant(find['filter']) } : find),
});

const isRequirement = (write: Write): boolean => write.kind === 'update' && write.isRequirement === true;

const createWriteFault = (kind: 'update' | 'remove', hasVersion: boolean): Fault => ({
  onWrite: (write) =>
    write.kind === kind && 'version' in write.filter === hasVersion && !isRequirement(write)
      ? { ...write, filter: dropTenant(write.filter) }
      : write,
});

const createRequirementFault = (hasVersion: boolean): Fault => ({
  onWrite: (write) =>
    write.kind === 'update' && isRequirement(write) && 'version' in write.filter === hasVersion
      ? { ...write, filter: dropTenant(write.filter) }
      : write,
});

const createInsertFault = (change: (document: Document) => Document): Fault => ({
  onWrite: (write) => (write.kind === 'insert' ? { ...write, document: change(write.document) } : write),
});

const otherTenantId = createId();

/** For each operation, a fault that omits or replaces the tenant. The name starts with the operation. */
const faults: Readonly<Record<string, Fault>> = {
  get: createFindFault(({ filter }) => typeof filter['_id'] === 'string'),
  'get of a batch': createFindFault((find) => countIds(find) > 1 && countIds(find) <= pointsMax),
  find: createFindFault(({ filter }) => 'slug' in filter),
  getMany: createFindFault((find) => countIds(find) > pointsMax),
  list: createFindFault(({ hint }) => hint !== undefined),
  'list by $in': {
    onFind: (find) => ({
      ...find,
      filter: { ...find['filter'], ...(find['filter'].$or && { $or: find['filter'].$or.map(dropTenant) }) },
    }),
  },
  // The index of words needs a tenant, so this fault leaves out the words too.
  search: {
    onFind: (find) => (find['filter'].$text ? { ...find, filter: {}, sort: { _id: -1 } } : find),
  },
  summarise: {
    onAggregate: (command) => ({
      ...command,
      pipeline: [{ $match: dropTenant(command['pipeline'][0].$match) }, ...command['pipeline'].slice(1)],
    }),
  },
  'insert without a tenant': createInsertFault((document) => ({ ...document, tenantId: undefined })),
  'insert for another tenant': createInsertFault((document) => ({ ...document, tenantId: otherTenantId })),
  update: createWriteFault('update', true),
  updateWhere: createWriteFault('update', false),
  require: createRequirementFault(true),
  'require of a filter': createRequirementFault(false),
  remove: createWriteFault('remove', true),
};

const withFault = (db: Db, { onFind = (find) => find, onAggregate = (command) => command }: Fault): Db =>
  new Proxy(db, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (name !== 'command') return typeof value === 'function' ? value.bind(target) : value;
      return (command: Document, options: object) => {
        const changed = command['aggregate'] === undefined ? command : onAggregate(command);
        return target.command(command['find'] === notes.name ? onFind(command) : changed, options);
      };
    },
  });

const recordWithFault = (writeSets: WriteSets<Write>, { onWrite = (write) => write }: Fault): WriteSets<Write> => ({
  ...writeSets,
  record: (ctx, write, change) => writeSets.record(ctx, onWrite(write), change),
  require: (ctx, collection, writes) => writeSets.require(ctx, collection, writes.map(onWrite)),
});

const openCollection = (fault: Fault = {}) => {
  const { client, databasePrefix } = datastore.current;
  const db = client.db(`${databasePrefix}faults`);
  const reads = { db: withFault(db, fault), clock, primary, traceBatch: undefined };
  const writeSets = createWriteSets<Write>();
  const ids = createIds(clock);
  const collection = createCollection(notes, {
    ...reads,
    ids,
    definitions: [notes],
    cursors: createEncryptedCursors(['a secret']),
    writeSets: recordWithFault(writeSets, fault),
    readById: createPointReads(reads),
  });
  const counts = { groups: 0, sets: 0, splits: 0 };
  const commit = createCommit({ ...reads, db, client, counts, findUniqueCode: () => undefined });
  const unitOfWork = createUnitOfWork({ writeSets, clock, ids, commit });
  const write = <T>(ctx: Ctx, work: () => T) => unitOfWork.run(ctx, async () => work(), { operation: 'fault' });
  return { collection, write };
};

const succeeds = (attempt: Promise<unknown>): Promise<boolean> =>
  attempt.then(
    () => true,
    () => false,
  );

/** Runs every operation on another tenant's note. Returns the operations that succeeded and the findings of the query guard. */
const findBreaches = async (fault?: Fault): Promise<string[]> => {
  const { collection, write } = openCollection(fault);
  const intact = openCollection();
  const [mine, theirs] = [createContext(), createContext()];
  const note = await intact.write(theirs, () => intact.collection.for(theirs).insert(createNote({ words: 7 })));
  const myNote = await intact.write(mine, () => intact.collection.for(mine).insert(createNote()));
  const collectionOfMine = collection.for(mine);
  const manyIds = [note._id, ...Array.from({ length: pointsMax + 10 }, () => createId())];
  const inserted = await write(mine, () => collectionOfMine.insert(createNote())).catch(() => undefined);
  const stored = (await datastore.current.raw('faults', 'notes').all()).find(({ _id }) => _id === inserted?._id);
  const breaches: Readonly<Record<string, boolean>> = {
    get: await succeeds(collectionOfMine.get(note._id)),
    // Both are called in one turn, so that they share a batch.
    'get of a batch': (
      await Promise.all([succeeds(collectionOfMine.get(note._id)), collectionOfMine.get(myNote._id)])
    )[0],
    find: (await collectionOfMine.find({ slug: note.slug })) !== undefined,
    getMany: (await collectionOfMine.getMany(manyIds)).length > 0,
    list: (await collectionOfMine.list({ where: {}, sort: 'createdAt', limit: 100 })).items.some(
      ({ _id }) => _id === note._id,
    ),
    'list by $in': (
      await collectionOfMine.list({ where: { kind: { $in: ['draft'] } }, sort: 'createdAt', limit: 100 })
    ).items.some(({ _id }) => _id === note._id),
    search: (await collectionOfMine.search({ text: note.title, limit: 100 })).some(({ _id }) => _id === note._id),
    summarise: (await collectionOfMine.summarise({ where: {}, groupsMax: 1 }, commonErrors.notFound()))[0]?.count !== 2,
    insert: stored?.['tenantId'] !== mine.tenantId,
    require: await succeeds(write(mine, () => collectionOfMine.require(note))),
    'require of a filter': await succeeds(
      write(mine, () => collectionOfMine.require({ _id: note._id }, commonErrors.notFound())),
    ),
    update: await succeeds(write(mine, () => collectionOfMine.update(note, { $set: { words: 8 } }))),
    updateWhere: await succeeds(
      write(mine, () =>
        collectionOfMine.updateWhere({ _id: note._id }, { $set: { words: 9 } }, commonErrors.notFound()),
      ),
    ),
    remove: await succeeds(write(mine, () => collectionOfMine.remove(note))),
  };
  const breached = Object.keys(breaches).filter((operation) => breaches[operation]);
  return [...breached, ...(await datastore.current.guard.check())];
};

it('no operation reaches another tenant', async () => {
  expect(await findBreaches()).toEqual([]);
});

it.each(Object.entries(faults))('integrity: the fault "%s" of tenant scoping is detected', async (_, fault) => {
  expect(await findBreaches(fault)).not.toEqual([]);
});

it('every operation of a collection has a fault', () => {
  // They consist of `get`, `update` and `remove`.
  const combined = ['getRemoved', 'restore', 'purge'];
  const operations = Object.keys(openCollection().collection.for(createContext())).filter(
    (operation) => !combined.includes(operation),
  );
  const covered = new Set(Object.keys(faults).map((name) => name.split(' ')[0]));
  expect(operations.filter((operation) => !covered.has(operation))).toEqual([]);
});
