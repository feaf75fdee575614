import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type Ctx, commonErrors, createUnitOfWork, createWriteSets } from '@plinth/kernel';
import { aContext, idsFrom } from '@plinth/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCollection } from '../src/collection.ts';
import { createCommit } from '../src/group-commit.ts';
import { signedCursors } from '../src/signed-cursors.ts';
import type { Write } from '../src/write-set.ts';
import { aNote, notes } from './notes.ts';
import { useDatastore } from './stores.ts';

type Factory = typeof createCollection;

const datastore = useDatastore();
const clock = { now: () => new Date() };
const folder = new URL('../.mutants/', import.meta.url);
const original = await readFile(new URL('../src/collection.ts', import.meta.url), 'utf8');

beforeAll(() =>
  datastore.current.open({ name: 'mutants', collections: { notes } }, { clock, ids: idsFrom(clock) }).prepare(),
);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A write outside the tenant, for each operation: what of the source it replaces, and by what. */
const mutants: Readonly<Record<string, readonly [string, string]>> = {
  get: ['{ filter: { _id: id, ...tenant }, limit: 1 }', '{ filter: { _id: id }, limit: 1 }'],
  find: ['read({ filter: { ...where, ...tenant }, limit: 1 })', 'read({ filter: { ...where }, limit: 1 })'],
  getMany: ['{ _id: { $in: wanted }, ...tenant }', '{ _id: { $in: wanted } }'],
  list: ['filter: { ...where, ...tenant },\n      hint', 'filter: { ...where },\n      hint'],
  'insert without a tenant': [
    'const document = newDocument<D>(draft, { ctx, clock, ids });',
    'const document = { ...newDocument<D>(draft, { ctx, clock, ids }), tenantId: undefined };',
  ],
  'insert into the tenant of the draft': [
    'const document = newDocument<D>(draft, { ctx, clock, ids });',
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

const load = async (name: string, source: string): Promise<Factory> => {
  await mkdir(folder, { recursive: true });
  const file = new URL(`${name.replaceAll(' ', '-')}.ts`, folder);
  await writeFile(file, source.replaceAll("from './", "from '../src/"));
  return ((await import(file.href)) as { createCollection: Factory }).createCollection;
};

const stageOf = (factory: Factory) => {
  const writeSets = createWriteSets<Write>();
  const { client, databasePrefix } = datastore.current;
  const db = client.db(`${databasePrefix}mutants`);
  const parts = { db, clock, ids: idsFrom(clock), cursors: signedCursors('a secret'), writeSets };
  const collection = factory(notes, parts);
  const commit = createCommit({ client, db, clock, codeOf: () => undefined });
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
const breachesOf = async (factory: Factory): Promise<string[]> => {
  const { collection, write } = stageOf(factory);
  const [mine, theirs] = [aContext(), aContext()];
  const sound = stageOf(createCollection);
  const note = await sound.write(theirs, () => sound.collection.for(theirs).insert(aNote({ words: 7 })));
  const scoped = collection.for(mine);
  const found = [
    ...(await fails(scoped.get(note._id), 'get reads a foreign document')),
    ...((await scoped.find({ slug: note.slug })) ? ['find reads a foreign document'] : []),
    ...((await scoped.getMany([note._id])).length > 0 ? ['getMany reads a foreign document'] : []),
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
  expect(await breachesOf(await load('original', original))).toEqual([]);
});

it.each(Object.entries(mutants))(
  'a collection whose %s drops the tenant is caught',
  async (name, [part, replacement]) => {
    // A mutant of a line that is no longer there would be the original, and prove nothing.
    expect(original.split(part)).toHaveLength(2);
    expect(await breachesOf(await load(name, original.replace(part, replacement)))).not.toEqual([]);
  },
);

it('every operation of the collection has a mutant', () => {
  const operations = Object.keys(stageOf(createCollection).collection.for(aContext()));
  const mutated = new Set(Object.keys(mutants).map((name) => name.split(' ')[0]));
  expect(operations.filter((operation) => !mutated.has(operation))).toEqual([]);
});
