import type { ListQuery } from '@plinth/data-kit';
import { createContext, createId, createIds, createManualClock } from '@plinth/testing';
import type { Document } from 'mongodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { createNote, type Note, notes } from './notes.ts';
import { useDatastore } from './stores.ts';

const datastore = useDatastore();
const clock = createManualClock();
const ids = createIds(clock);
const tenantId = createId();
const pageSize = 20;
const isHeavy = process.env['PLINTH_HEAVY'] === '1';
const pageCount = isHeavy ? 1000 : 100;

const open = () => datastore.current.open({ name: 'pages', collections: { notes } }, { clock, ids });

beforeAll(async () => {
  await open().prepare();
  const documents = Array.from({ length: pageSize * pageCount }, (_, index) => {
    clock.advance(index % 3);
    const now = clock.now();
    return {
      _id: ids.next(),
      tenantId,
      version: 1,
      createdAt: now,
      updatedAt: now,
      ...createNote({ words: index % 7 }),
    };
  });
  const foreign = documents.slice(0, 500).map((document) => ({ ...document, _id: ids.next(), tenantId: createId() }));
  await datastore.current.raw('pages', 'notes').insertMany([...documents, ...foreign]);
}, 60_000);

/** Reads all pages of a list. Returns the find command of each and the ids of all items. */
const readAllPages = async (query: Pick<ListQuery<Note>, 'where' | 'sort'>) => {
  const commands: Document[] = [];
  const onCommand = ({ command, commandName }: { command: Document; commandName: string }) => {
    // Not the read that confirms the primary.
    if (commandName === 'find' && command['find'] === 'notes') commands.push(command);
  };
  datastore.current.client.on('commandStarted', onCommand);
  const { list } = open().collections.notes.for(createContext({ tenantId, deadline: clock.now().getTime() + 600_000 }));
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ ...query, limit: pageSize, cursor });
    seen.push(...page.items.map(({ _id }) => _id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  datastore.current.client.off('commandStarted', onCommand);
  return { commands, seen };
};

const countExaminedKeys = async ({ find, filter, sort, hint, limit, min, max }: Document): Promise<number> => {
  const explained = await datastore.current.client
    .db(`${datastore.current.databasePrefix}pages`)
    .command({ explain: { find, filter, sort, hint, limit, min, max }, verbosity: 'executionStats' });
  return explained['executionStats'].totalKeysExamined as number;
};

const lists: readonly Pick<ListQuery<Note>, 'where' | 'sort'>[] = [
  { where: {}, sort: '-createdAt' },
  { where: {}, sort: 'createdAt' },
  { where: {}, sort: 'words' },
  { where: { kind: 'draft' }, sort: '-createdAt' },
];

describe(`page ${pageCount}`, () => {
  it.each(lists)(
    'examines as many keys as page 1, although many values are equal: %j',
    async (query) => {
      const { commands, seen } = await readAllPages(query);
      expect(commands).toHaveLength(pageCount);
      expect(new Set(seen).size).toBe(pageSize * pageCount);
      const examined = await Promise.all(
        [0, pageCount / 2 - 1, pageCount - 2, pageCount - 1].map((index) =>
          countExaminedKeys(commands[index] as Document),
        ),
      );
      // Each page but the last reads one key more, which shows that another page follows.
      expect(examined).toEqual([pageSize + 1, pageSize + 1, pageSize + 1, pageSize]);
    },
    60_000,
  );
});
