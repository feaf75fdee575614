import { defineMapper, type ListQuery, unreadJsonOf } from '@plinth/data-kit';
import { aClock, aContext, anId, idsFrom } from '@plinth/testing';
import type { Document } from 'mongodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { aNote, type Note, notes } from './notes.ts';
import { useDatastore } from './stores.ts';

const datastore = useDatastore();
const clock = aClock();
const ids = idsFrom(clock);
const tenantId = anId();
const pageSize = 20;
const pageCount = 1000;

const open = () => datastore.current.open({ name: 'pages', collections: { notes } }, { clock, ids });

beforeAll(async () => {
  await open().prepare();
  const raw = datastore.current.raw('pages', 'notes');
  const documents = Array.from({ length: pageSize * pageCount }, (_, at) => {
    clock.advance(at % 3);
    const now = clock.now();
    return { _id: ids.next(), tenantId, version: 1, createdAt: now, updatedAt: now, ...aNote({ words: at % 7 }) };
  });
  const strangers = documents.slice(0, 500).map((document) => ({ ...document, _id: ids.next(), tenantId: anId() }));
  await raw.insertMany([...documents, ...strangers]);
}, 60_000);

/** Walks to the last page and gives the find command of every page. */
const walk = async (
  query: Pick<ListQuery<Note>, 'where' | 'sort'>,
): Promise<{ commands: Document[]; seen: Set<string> }> => {
  const commands: Document[] = [];
  const watch = ({ command, commandName }: { command: Document; commandName: string }) => {
    if (commandName === 'find') commands.push(command);
  };
  datastore.current.client.on('commandStarted', watch);
  const list = open().collections.notes.for(aContext({ tenantId, deadline: clock.now().getTime() + 600_000 }));
  const seen = new Set<string>();
  let cursor: string | null | undefined;
  do {
    const page = await list.list({ ...query, limit: pageSize, cursor: cursor ?? undefined });
    for (const { _id } of page.items) seen.add(_id);
    cursor = page.nextCursor;
  } while (cursor !== null);
  datastore.current.client.off('commandStarted', watch);
  return { commands, seen };
};

const keysExamined = async ({ find, filter, sort, hint, limit, min, max }: Document): Promise<number> => {
  const explained = await datastore.current.client
    .db(`${datastore.current.databasePrefix}pages`)
    .command({ explain: { find, filter, sort, hint, limit, min, max }, verbosity: 'executionStats' });
  return explained['executionStats'].totalKeysExamined as number;
};

describe('page 1,000', () => {
  it.each(['-createdAt', 'createdAt', 'words'] as const)(
    'examines as many keys as page 1, sorted by %s, however many values are equal',
    async (sort) => {
      const { commands, seen } = await walk({ where: {}, sort });
      expect(commands).toHaveLength(pageCount);
      expect(seen.size).toBe(pageSize * pageCount);
      const examined = await Promise.all(
        [commands[0], commands[499], commands[998]].map((command) => keysExamined(command as Document)),
      );
      expect(examined).toEqual([pageSize + 1, pageSize + 1, pageSize + 1]);
      expect(await keysExamined(commands[999] as Document)).toBe(pageSize);
    },
    60_000,
  );
});

describe('a page of what a mapper shows', () => {
  const Card = z.object({ id: z.string(), title: z.string(), kind: z.string(), createdAt: z.string() });
  const fields = { id: '_id', title: 'title', kind: 'kind', createdAt: 'createdAt' } as const;
  const toCard = defineMapper<Note, z.infer<typeof Card>>(fields);
  const list = () =>
    open().collections.notes.for(aContext({ tenantId, deadline: clock.now().getTime() + 60_000 })).list;
  const query = { where: { kind: 'draft' }, sort: '-createdAt', limit: pageSize } as const;

  it('is written from what is stored where nobody looks into it, as it is for who does', async () => {
    const text = unreadJsonOf(Card)(await list()(query, toCard));
    const looked = await list()(query, toCard);
    expect(looked.items).toHaveLength(pageSize);
    expect(text).toBe(JSON.stringify({ items: looked.items, nextCursor: looked.nextCursor }));
  });
});

describe('the guard', () => {
  it('finds nothing to say of any of it', async () => {
    expect(await datastore.current.guard.check()).toEqual([]);
  }, 60_000);
});
