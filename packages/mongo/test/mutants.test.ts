import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { commonErrors } from '@plinth/contract-kit';
import { type Ctx, createUnitOfWork, createWriteSets } from '@plinth/data-kit';
import { aContext, anId, idsFrom } from '@plinth/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCollection } from '../src/collection.ts';
import { createCommit } from '../src/group-commit.ts';
import { createPointReads } from '../src/point-reads.ts';
import { followPrimary, type Primary } from '../src/primary.ts';
import { signedCursors } from '../src/signed-cursors.ts';
import type { Write } from '../src/write-set.ts';
import { aNote, notes } from './notes.ts';
import { useDatastore } from './stores.ts';

type Factory = typeof createCollection;
type PointFactory = typeof createPointReads;

const datastore = useDatastore();
const clock = { now: () => new Date() };
const folder = new URL('../.mutants/', import.meta.url);
const original = await readFile(new URL('../src/collection.ts', import.meta.url), 'utf8');
const originalPoints = await readFile(new URL('../src/point-reads.ts', import.meta.url), 'utf8');
let primary: Primary;

beforeAll(async () => {
  primary = followPrimary(datastore.current.client);
  await datastore.current.open({ name: 'mutants', collections: { notes } }, { clock, ids: idsFrom(clock) }).prepare();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** An access outside the tenant, for each operation: what of a source it replaces, and by what. */
const pointMutants: Readonly<Record<string, readonly [string, string]>> = {
  get: ['filter: { _id, tenantId }, limit: 1', 'filter: { _id }, limit: 1'],
  'get in the filter of a batch': ['    tenantId,\n  }));', '  }));'],
  'get in the answer of a batch': ['`${tenantId} ${_id}`', '`${_id}`'],
};

const mutants: Readonly<Record<string, readonly [string, string]>> = {
  find: ['read({ filter: { ...where, ...tenant }, limit: 1 })', 'read({ filter: { ...where }, limit: 1 })'],
  'getMany of more than a batch': ['{ _id: { $in: wanted }, ...tenant }', '{ _id: { $in: wanted } }'],
  list: ['filter: { ...where, ...tenant },\n      hint', 'filter: { ...where },\n      hint'],
  'insert without a tenant': [
    'const document = createDocument<D>(draft, { ctx, clock, ids });',
    'const document = { ...newDocument<D>(draft, { ctx, clock, ids }), tenantId: undefined };',
  ],
  'insert into the tenant of the draft': [
    'const document = createDocument<D>(draft, { ctx, clock, ids });',
    'const document = { ...newDocument<D>(draft, { ctx, clock, ids }), ...draft };',
  ],
  update: [
    "const filter = exactly(document);\n      const write: Write = { kind: 'update'",
    "const { tenantId: _, ...filter } = exactly(document);\n      const write: Write = { kind: 'update'",
  ],
  updateWhere: ['const filter = { ...where, ...tenant };', 'const filter = { ...where };'],
  remove: [
    "const filter = exactly(document);\n      const write: Write = { kind: 'remove'",
    "const { tenantId: _, ...filter } = exactly(document);\n      const write: Write = { kind: 'remove'",
  ],
};

const load = async <M>(name: string, source: string): Promise<M> => {
  await mkdir(folder, { recursive: true });
  const file = new URL(`${name.replaceAll(' ', '-')}.ts`, folder);
  await writeFile(file, source.replaceAll("from './", "from '../src/"));
  return (await import(file.href)) as M;
};

type Factories = { readonly createCollection: Factory; readonly createPointReads: PointFactory };
const sound: Factories = { createCollection, createPointReads };

const stageOf = (factories: Factories) => {
  const writeSets = createWriteSets<Write>();
  const { client, databasePrefix } = datastore.current;
  const db = client.db(`${databasePrefix}mutants`);

  const points = factories.createPointReads({ db, clock, primary });
  const parts = { db, clock, primary, ids: idsFrom(clock), cursors: signedCursors('a secret'), writeSets, points };
  const collection = factories.createCollection(notes, parts);
  const commit = createCommit({
    client,
    db,
    clock,
    primary,
    codeOf: () => undefined,
    counts: { groups: 0, sets: 0, splits: 0 },
  });
  const unitOfWork = createUnitOfWork({ ...parts, commit });
  const write = <T>(ctx: Ctx, work: () => T) => unitOfWork.run(ctx, async () => work(), { operation: 'mutant' });
  return { collection, write };
};

const fails = async (attempt: Promise<unknown>, sentence: string): Promise<string[]> =>
  attempt.then(
    () => [sentence],
    () => [],
  );

/** Tries to reach a note of another tenant by every operation. @returns what got through, and what the alarm says. */
const breachesOf = async (factories: Factories): Promise<string[]> => {
  const { collection, write } = stageOf(factories);
  const [mine, theirs] = [aContext(), aContext()];
  const safe = stageOf(sound);
  const note = await safe.write(theirs, () => safe.collection.for(theirs).insert(aNote({ words: 7 })));
  const more = Array.from({ length: 80 }, () => anId());
  const scoped = collection.for(mine);
  const found = [
    ...(await fails(scoped.get(note._id), 'get reads a foreign document')),
    // Both ask in one turn, so that their reads share a batch.
    ...(await Promise.all([
      fails(scoped.get(note._id), 'get reads a foreign document of its batch'),
      collection
        .for(theirs)
        .get(note._id)
        .then(() => []),
    ]).then((results) => results.flat())),
    ...((await scoped.find({ slug: note.slug })) ? ['find reads a foreign document'] : []),
    ...((await scoped.getMany([note._id])).length > 0 ? ['getMany reads a foreign document'] : []),
    ...((await scoped.getMany([note._id, ...more])).length > 0 ? ['getMany reads one of many'] : []),
    ...((await scoped.list({ where: {}, sort: 'createdAt', limit: 100 })).items.length > 0
      ? ['list reads foreign documents']
      : []),
    ...(await fails(
      write(mine, () => scoped.update(note, { $set: { words: 8 } })),
      'update changes a foreign document',
    )),
    ...(await fails(
      write(mine, () => scoped.updateWhere({ _id: note._id }, { $set: { words: 9 } }, commonErrors.notFound())),
      'updateWhere changes a foreign document',
    )),
    ...(await fails(
      write(mine, () => scoped.remove(note)),
      'remove removes a foreign document',
    )),
  ];
  const smuggled = { ...aNote(), tenantId: theirs.tenantId } as never;
  const made = await write(mine, () => scoped.insert(smuggled)).catch(() => undefined);
  const landed = (await datastore.current.raw('mutants', 'notes').all()).find(({ _id }) => _id === made?._id);
  if (landed?.['tenantId'] !== mine.tenantId) found.push('insert writes outside the tenant');
  return [...found, ...(await datastore.current.guard.check())];
};

it('the collection as it is lets nothing through', async () => {
  const collections = await load<Pick<Factories, 'createCollection'>>('original', original);
  const points = await load<Pick<Factories, 'createPointReads'>>('original points', originalPoints);
  expect(await breachesOf({ ...collections, ...points })).toEqual([]);
});

it.each(Object.entries(mutants))(
  'a collection whose %s drops the tenant is caught',
  async (name, [part, replacement]) => {
    // A mutant of a line that is no longer there would be the original, and prove nothing.
    expect(original.split(part)).toHaveLength(2);
    const mutant = await load<Pick<Factories, 'createCollection'>>(name, original.replace(part, replacement));
    expect(await breachesOf({ ...sound, ...mutant })).not.toEqual([]);
  },
);

it.each(Object.entries(pointMutants))(
  'a point read whose %s drops the tenant is caught',
  async (name, [part, replacement]) => {
    expect(originalPoints.split(part)).toHaveLength(2);
    const source = originalPoints.replace(part, replacement);
    const mutant = await load<Pick<Factories, 'createPointReads'>>(name, source);
    expect(await breachesOf({ ...sound, ...mutant })).not.toEqual([]);
  },
);

it('every operation of the collection has a mutant', () => {
  // The operations of soft deletion use the reads and writes of the others.
  const operations = Object.keys(stageOf(sound).collection.for(aContext())).filter(
    (operation) => operation !== 'getRemoved' && operation !== 'restore',
  );
  const mutated = new Set(Object.keys({ ...mutants, ...pointMutants }).map((name) => name.split(' ')[0]));
  expect(operations.filter((operation) => !mutated.has(operation))).toEqual([]);
});
