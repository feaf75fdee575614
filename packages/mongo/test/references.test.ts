import { defineCollection, Entity } from '@plinth/data-kit';
import { createContext, createId, createIds } from '@plinth/testing';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { useDatastore } from './stores.ts';

const Shelf = Entity.extend({ name: z.string() });
const shelves = defineCollection('shelves', Shelf, { tenancy: 'tenant', indexes: {} });
const Book = Entity.extend({ title: z.string(), shelfId: z.string() });
const books = defineCollection('books', Book, {
  tenancy: 'tenant',
  indexes: {},
  references: { shelfId: { to: shelves, missing: 'shelf-missing', used: 'shelf-in-use' } },
});

const datastore = useDatastore();
const clock = { now: () => new Date() };
/** Each store commits on its own, as processes do. */
const openStore = () =>
  datastore.current.open({ name: 'references', collections: { shelves, books } }, { clock, ids: createIds(clock) });
type Store = ReturnType<typeof openStore>;
let store: Store;
beforeAll(async () => {
  store = openStore();
  await store.prepare();
});

const tenantId = createId();
const openLibrary = (target: Store = store) => {
  const ctx = createContext({ tenantId, deadline: Date.now() + 20_000 });
  return {
    shelves: target.collections.shelves.for(ctx),
    books: target.collections.books.for(ctx),
    run: <T>(work: () => T): Promise<T> => target.unitOfWork.run(ctx, async () => work(), { operation: 'references' }),
  };
};
const insertShelf = () => {
  const library = openLibrary();
  return library.run(() => library.shelves.insert({ name: 'A' }));
};

/** Delays the next command of this kind, so that its transaction is open for a while. */
const delay = (command: string) =>
  datastore.current.client.db('admin').command({
    configureFailPoint: 'failCommand',
    mode: { times: 1 },
    data: { failCommands: [command], blockConnection: true, blockTimeMS: 300 },
  });
afterEach(() => datastore.current.client.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' }));

describe('race: of two processes, one that inserts a reference and one that removes its document', () => {
  const race = async (command: string) => {
    const shelf = await insertShelf();
    const [inserting, removing] = [openLibrary(openStore()), openLibrary(openStore())];
    const insert = () => inserting.run(() => inserting.books.insert({ title: 'B', shelfId: shelf._id }));
    const remove = () => removing.run(() => removing.shelves.remove(shelf));
    await delay(command);
    // The command that waits belongs to the first transaction: it has read the state before the second one commits.
    const [first, second] = command === 'delete' ? [remove, insert] : [insert, remove];
    const started = first();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const outcomes = await Promise.allSettled([started, second()]);
    const codes = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
    const library = openLibrary();
    const [shelfAfter] = await library.shelves.getMany([shelf._id]);
    return { codes, hasShelf: shelfAfter !== undefined, book: await library.books.find({ shelfId: shelf._id }) };
  };

  it('the insert wins when it commits between the check and the removal', async () => {
    const { codes, hasShelf, book } = await race('delete');
    expect([codes, hasShelf, book !== undefined]).toEqual([['shelf-in-use'], true, true]);
  });

  it('the removal waits for an insert that has required the document', async () => {
    const { codes, hasShelf, book } = await race('insert');
    expect([codes, hasShelf, book !== undefined]).toEqual([['shelf-in-use'], true, true]);
  });

  it('one of them succeeds, in any order, and no reference is left without its document', async () => {
    const stores = [openStore(), openStore()] as const;
    for (let round = 0; round < 20; round += 1) {
      const shelf = await insertShelf();
      const [inserting, removing] = [openLibrary(stores[0]), openLibrary(stores[1])];
      const calls = [
        () => inserting.run(() => inserting.books.insert({ title: 'B', shelfId: shelf._id })),
        () => removing.run(() => removing.shelves.remove(shelf)),
      ];
      const outcomes = await Promise.allSettled((round % 2 ? calls : calls.toReversed()).map((call) => call()));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const [hasShelf, book] = [
        (await removing.shelves.getMany([shelf._id])).length === 1,
        await inserting.books.find({ shelfId: shelf._id }),
      ];
      expect(hasShelf).toBe(book !== undefined);
    }
  });
});

it('a reference has an index', async () => {
  const { client, databasePrefix } = datastore.current;
  const indexes = await client.db(`${databasePrefix}references`).collection('books').indexes();
  expect(indexes.map(({ key }) => key)).toContainEqual({ tenantId: 1, shelfId: 1 });
});

it('a module cannot refer to a collection of another module', () => {
  const open = () =>
    datastore.current.open({ name: 'other', collections: { books } }, { clock, ids: createIds(clock) });
  expect(open).toThrow("books: 'shelfId' refers to 'shelves', which is not a collection of this module.");
});
