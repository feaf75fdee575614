import { commonErrors } from '@plinth/contract-kit';
import { keysExaminedMax, type ListQuery } from '@plinth/data-kit';
import { createContext, createId, createIds, createManualClock } from '@plinth/testing';
import type { Document } from 'mongodb';
import { beforeAll, describe, expect, it } from 'vitest';
import { createNote, type Note, notes } from './notes.ts';
import { useDatastore } from './stores.ts';

const datastore = useDatastore();
const clock = createManualClock();
const ids = createIds(clock);
const tenantId = createId();
const count = 12_000;
const limit = 100;

const open = () => datastore.current.open({ name: 'costs', collections: { notes } }, { clock, ids });

beforeAll(async () => {
  await open().prepare();
  const documents = Array.from({ length: count }, (_, index) => {
    // Half of the notes have the same time.
    clock.advance(index < count / 2 ? 0 : 1);
    const now = clock.now();
    const tags = index % 2 ? ['red', 'blue'] : ['green', 'red', 'blue'];
    const note = createNote({ tags, kind: index % 2 ? 'draft' : 'final', words: index % 3000 ? index % 10 : 5000 });
    return { _id: ids.next(), tenantId, version: 1, createdAt: now, updatedAt: now, ...note };
  });
  await datastore.current.raw('costs', 'notes').insertMany(documents);
}, 60_000);

const listStages = (node: unknown): string[] => {
  if (typeof node !== 'object' || node === null) return [];
  const stage = 'stage' in node ? [String(node.stage)] : [];
  return [...stage, ...Object.values(node).flatMap(listStages)];
};

/** Returns the statistics of an explained aggregation, which are at its top or in its first stage. */
const findStats = ({ executionStats, stages }: Document): Record<string, number> =>
  executionStats ?? stages[0].$cursor.executionStats;

const explain = async ({ find, filter, projection, sort, hint, skip, limit: most }: Document) => {
  const query = Object.entries({ find, filter, projection, sort, hint, skip, limit: most });
  const explained = await datastore.current.client.db(`${datastore.current.databasePrefix}costs`).command({
    explain: Object.fromEntries(query.filter(([, value]) => value !== undefined)),
    verbosity: 'executionStats',
  });
  const { totalKeysExamined: keys, totalDocsExamined: documents } = explained['executionStats'] as Record<
    string,
    number
  >;
  return { keys, documents, stages: listStages((explained['queryPlanner'] as Document)['winningPlan']) };
};

/** Reads a whole list. Returns the sizes of its pages and the plans of their commands. */
const readAll = async (query: Pick<ListQuery<Note>, 'where' | 'sort'>) => {
  const commands: Document[] = [];
  const onCommand = ({ command, commandName }: { command: Document; commandName: string }) => {
    if (commandName === 'find' && command['find'] === 'notes') commands.push(command);
  };
  datastore.current.client.on('commandStarted', onCommand);
  const { list } = open().collections.notes.for(createContext({ tenantId, deadline: clock.now().getTime() + 600_000 }));
  const sizes: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ ...query, limit, cursor });
    sizes.push(page.items.length);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  datastore.current.client.off('commandStarted', onCommand);
  const plans = [];
  // Some of the first, middle and last pages.
  const step = Math.ceil(commands.length / 30);
  for (const [index, command] of commands.entries()) if (index % step === 0) plans.push(await explain(command));
  return { sizes, plans, total: sizes.reduce((sum, size) => sum + size, 0) };
};

const both = { $in: ['draft', 'final'] as const };

describe('the cost of a summary', () => {
  it('is one key for each document, and no document when its index has all fields', async () => {
    const commands: Document[] = [];
    const onCommand = ({ command, commandName }: { command: Document; commandName: string }) => {
      if (commandName === 'aggregate') commands.push(command);
    };
    datastore.current.client.on('commandStarted', onCommand);
    const notesOfTenant = open().collections.notes.for(
      createContext({ tenantId, deadline: clock.now().getTime() + 600_000 }),
    );
    const query = { where: { kind: 'draft' }, byDay: 'createdAt', sum: ['words'], groupsMax: 9 } as const;
    const days = await notesOfTenant.summarise(query, commonErrors.notFound());
    datastore.current.client.off('commandStarted', onCommand);
    expect(days.reduce((total, day) => total + day.count, 0)).toBe(count / 2);
    const [{ aggregate, pipeline, hint, cursor }] = commands as [Document];
    const explained = await datastore.current.client
      .db(`${datastore.current.databasePrefix}costs`)
      .command({ explain: { aggregate, pipeline, hint, cursor }, verbosity: 'executionStats' });
    const { totalKeysExamined: keys, totalDocsExamined: documents } = findStats(explained);
    expect({ keys, documents }).toEqual({ keys: count / 2, documents: 0 });
  });
});

describe('the cost of a list', () => {
  it.each(['createdAt', '-createdAt'] as const)(
    'with $in by %s: a page examines its own keys, and one for each scan',
    async (sort) => {
      const { plans, total } = await readAll({ where: { kind: both }, sort });
      expect(total).toBe(count);
      for (const { keys, documents, stages } of plans) {
        expect(stages).not.toContain('SORT');
        expect(stages).toContain('SORT_MERGE');
        // Two values, each with the documents of the position's own time and the others.
        expect(keys).toBeLessThanOrEqual(limit + 1 + 2 * 2);
        expect(documents).toBeLessThanOrEqual(limit + 1);
      }
    },
    60_000,
  );

  it.each<[string, Pick<ListQuery<Note>, 'where' | 'sort'>, number]>([
    ['one value', { where: { tags: 'red' }, sort: '-createdAt' }, 1],
    ['several values', { where: { tags: { $in: ['red', 'blue'] } }, sort: 'createdAt' }, 2],
  ])(
    'with %s of an array: a page examines the keys of its own documents',
    async (_, query, values) => {
      const { plans, total } = await readAll(query);
      expect(total).toBe(count);
      for (const { keys, documents, stages } of plans) {
        expect(stages).not.toContain('SORT');
        expect(keys).toBeLessThanOrEqual(values * (limit + 1) + 2 * values);
        expect(documents).toBeLessThanOrEqual(limit + 1);
      }
    },
    60_000,
  );

  it.each<[string, Pick<ListQuery<Note>, 'where' | 'sort'>, number]>([
    ['rarely matches', { where: { words: { $gte: 5000 } }, sort: '-createdAt' }, 4],
    ['never matches', { where: { words: { $gt: 5000 } }, sort: 'createdAt' }, 0],
    ['rarely matches, with $in', { where: { kind: both, words: { $gte: 5000 } }, sort: '-createdAt' }, 4],
    ['rarely matches, with an element', { where: { tags: 'red', words: { $gte: 5000 } }, sort: 'createdAt' }, 4],
    ['always matches, with $in', { where: { kind: both, words: { $gte: 0 } }, sort: 'createdAt' }, count],
  ])(
    'with a second range that %s: a page examines a bounded number of keys, and the documents that it returns',
    async (_, query, expected) => {
      const { plans, sizes, total } = await readAll(query);
      expect(total).toBe(expected);
      if (expected < limit) expect(sizes).toHaveLength(Math.ceil(count / keysExaminedMax));
      for (const { keys, documents, stages } of plans) {
        expect(stages).not.toContain('SORT');
        expect(keys).toBeLessThanOrEqual(keysExaminedMax + 2 * 3);
        expect(documents).toBeLessThanOrEqual(limit + 1);
      }
    },
    60_000,
  );
});
