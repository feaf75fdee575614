import { randomBytes } from 'node:crypto';
import {
  assertHistories,
  assertVersionCompared,
  type Clock,
  type Collection,
  type CollectionDefinition,
  type CollectionsOf,
  type CommitRecords,
  type Ctx,
  createCursors,
  createEvents,
  createJobs,
  createUnitOfWork,
  createWriteSets,
  type DocumentOf,
  type EmittedEvent,
  type Events,
  type Ids,
  type Jobs,
  type JournalRow,
  type Message,
  type ModuleStore,
  type OperationsOf,
  type UntypedDefinition,
} from '@plinth/data-kit';
import { createIds, createManualClock, type ManualClock } from '../clock.ts';
import { fakeCollection } from './collection.ts';
import type { Documents } from './commit.ts';
import { fakeInbox } from './inbox.ts';
import { fakeJournal } from './journal.ts';
import { fakePauses } from './pauses.ts';
import { fakeSchedules } from './schedules.ts';
import { fakeMessages } from './tenant-messages.ts';
import type { Stored, Write } from './write-set.ts';

type Action<I, T> = (input: I, ctx: Ctx) => Promise<T>;

/** A stored document, with the fields of soft deletion where its collection has them. */
type StoredDocument<D> = D & { readonly deleted?: boolean; readonly deletedAt?: Date };

/** A collection of the fake. `all` returns a copy of every stored document of every tenant, for assertions. */
export type FakeCollection<C> = Collection<DocumentOf<C>, OperationsOf<C>> & { all(): StoredDocument<DocumentOf<C>>[] };

/** The collections, so that the database can be the deps of an action, and tools for tests. */
export type FakeDatabase<K, C extends Clock = Clock> = {
  readonly [N in keyof K]: FakeCollection<K[N]>;
} & {
  readonly clock: C;
  readonly ids: Ids;
  readonly events: Events;
  readonly jobs: Jobs;
  /** The messages of the inbox, such as enqueued jobs, oldest first. */
  messages(): Message[];
  /** The events of every committed write set, oldest first. */
  emitted(): EmittedEvent[];
  /** The journal rows, oldest first. */
  journalRows(): JournalRow[];
  /** The same data as a `ModuleStore`, for hosts and contract tests. */
  readonly store: ModuleStore<K>;
  /**
   * Runs the action as a host does: each call has its own context and is committed after the action has returned.
   * @throws for an action that ignores the version of its input.
   */
  unitOfWork<I, T>(action: Action<I, T>): Action<I, T>;
};

type Options<C extends Clock> = { readonly clock?: C; readonly ids?: Ids };

/** Creates cursors that are random keys of the positions which the fake remembers. */
const createRememberedCursors = () => {
  const remembered = new Map<string, { readonly text: string; readonly context: string }>();
  return createCursors({
    encrypt: (text, context) => {
      const cursor = randomBytes(64).toString('base64url');
      remembered.set(cursor, { text, context });
      return cursor;
    },
    decrypt: (cursor, context) => {
      const found = remembered.get(cursor);
      return found?.context === context ? found.text : undefined;
    },
  });
};

const reservedNames = new Set([
  'clock',
  'ids',
  'events',
  'jobs',
  'messages',
  'emitted',
  'journalRows',
  'store',
  'unitOfWork',
]);

/**
 * Creates a datastore in memory with the rules of the real one: tenants, write sets, conditions at commit, validators,
 * unique indexes, cursors. The contract tests prove the same behaviour of both.
 */
export const fakeDatabase = <K extends object, C extends Clock = ManualClock>(
  definitions: K,
  options: Options<C> = {},
): FakeDatabase<K, C> => {
  const taken = Object.keys(definitions).find((name) => reservedNames.has(name));
  if (taken) throw new TypeError(`'${taken}' is a reserved name of a fake database: rename the collection.`);
  assertHistories(Object.values(definitions as Record<string, CollectionDefinition>));
  const clock = options.clock ?? (createManualClock() as Clock as C);
  const ids = options.ids ?? createIds(clock);
  const state = new Map<string, Documents>();
  const writeSets = createWriteSets<Write>();
  const deps = {
    clock,
    ids,
    cursors: createRememberedCursors(),
    writeSets,
    state,
    definitions: Object.values<UntypedDefinition>(definitions as Record<string, UntypedDefinition>),
  };
  const collections = Object.fromEntries(
    Object.entries(definitions as Record<string, CollectionDefinition<Stored>>).map(([key, definition]) => [
      key,
      {
        ...fakeCollection(definition, deps),
        all: () => structuredClone([...(state.get(definition.name)?.values() ?? [])]),
      },
    ]),
  );
  const toHistoryWrites = ({ history = [] }: CommitRecords): Write[] =>
    history.map(({ collection, entry }) => {
      const definition = deps.definitions.find(({ name }) => name === collection) as CollectionDefinition;
      return { kind: 'insert', definition, document: entry };
    });
  const { inbox, all, ...messages } = fakeInbox(clock);
  const { rows, journal, commit } = fakeJournal({ ...deps, ...messages });
  const unitOfWork = createUnitOfWork({
    ...deps,
    commit: async (ctx, writes, records) => commit(ctx, [...writes, ...toHistoryWrites(records)], records),
  });
  const events = createEvents(deps);
  const jobs = createJobs({ ...deps, source: 'fake', toWrite: (message): Write => ({ kind: 'enqueue', message }) });
  const tools = {
    clock,
    ids,
    events,
    jobs,
    messages: all,
    emitted: () => rows().flatMap((row) => row.events),
    journalRows: rows,
    store: {
      collections: collections as CollectionsOf<unknown> as CollectionsOf<K>,
      unitOfWork,
      events,
      jobs,
      journal,
      inbox,
      pauses: fakePauses(clock),
      schedules: fakeSchedules(deps),
      messages: fakeMessages({ ...deps, all }),
      prepare: async () => {},
      assertPrepared: async () => {},
    },
    // Concurrent calls may share a context in a test; requests never do.
    unitOfWork:
      <I, T>(action: Action<I, T>): Action<I, T> =>
      (input, ctx) => {
        const ownCtx = { ...ctx };
        const operation = action.name || 'test';
        const work = async () => {
          const result = await action(input, ownCtx);
          assertVersionCompared(operation, input);
          return result;
        };
        return unitOfWork.run(ownCtx, work, { operation });
      },
  };
  return { ...collections, ...tools } as FakeDatabase<K, C>;
};
