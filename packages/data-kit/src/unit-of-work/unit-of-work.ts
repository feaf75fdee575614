import type { Clock, Ctx, Ids } from '../context/context.ts';
import type { EmittedEvent, Events } from './events.ts';
import { type CommitMetadata, type JournalChange, type JournalRow, toJournalRow } from './journal.ts';

/**
 * Runs an action and then commits what it recorded with its metadata, all or none. A call that recorded nothing leaves
 * a metadata only when it has a key. @throws `IdempotencyKeyConflict` when the key of the metadata has been used.
 */
export type UnitOfWork = { run<T>(ctx: Ctx, work: () => Promise<T>, metadata: CommitMetadata<T>): Promise<T> };

/** What one action recorded, in order: its writes, what the audit is told of each, and its events. */
export type WriteSet<W> = { readonly writes: W[]; readonly changes: JournalChange[]; readonly events: EmittedEvent[] };

/** The write sets of the units of work that run now. Nobody but the collections and the unit of work of a datastore has them. */
export type WriteSets<W> = {
  /** @throws when no unit of work runs for `ctx`: nothing would commit the write. */
  record(ctx: Ctx, write: W, change: JournalChange): void;
  /** @throws when no unit of work runs for `ctx`. */
  emit(ctx: Ctx, event: EmittedEvent): void;
  /** Runs an action and gives what it answered with what it recorded. */
  collect<T>(ctx: Ctx, work: () => Promise<T>): Promise<{ readonly result: T; readonly set: WriteSet<W> }>;
};

/** Makes the write sets of a datastore. They hang on the context by its identity, so the context itself stays plain data. */
export const createWriteSets = <W>(): WriteSets<W> => {
  const running = new WeakMap<Ctx, WriteSet<W>>();
  const setOf = (ctx: Ctx, what: string): WriteSet<W> => {
    const set = running.get(ctx);
    if (set) return set;
    throw new TypeError(
      `${what} outside a unit of work. Run the action by unitOfWork.run(ctx, …), and await every write before it returns.`,
    );
  };
  return {
    record: (ctx, write, change) => {
      const set = setOf(ctx, `A write to '${change.collection}'`);
      set.writes.push(write);
      set.changes.push(change);
    },
    emit: (ctx, event) => void setOf(ctx, `The event '${event.name}'`).events.push(event),
    collect: async (ctx, work) => {
      if (running.has(ctx)) {
        throw new TypeError('A unit of work runs for this context already. Await it before you begin another.');
      }
      const set: WriteSet<W> = { writes: [], changes: [], events: [] };
      running.set(ctx, set);
      try {
        return { result: await work(), set };
      } finally {
        // From here on a late write finds no write set and throws, instead of being lost.
        running.delete(ctx);
      }
    },
  };
};

type Parts<W> = { readonly writeSets: WriteSets<W>; readonly clock: Clock; readonly ids: Ids };

/** Makes the port by which actions emit events into their write set. */
export const createEvents = <W>({ writeSets, ids }: Omit<Parts<W>, 'clock'>): Events => ({
  emit: (ctx, event, payload) => {
    const parsed = event.payload.safeParse(payload);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new TypeError(
        `The payload of '${event.name}' breaks its schema at '${issue?.path.join('.')}': ${issue?.message}.`,
      );
    }
    const fields = parsed.data as Readonly<Record<string, unknown>>;
    const aggregateId = String(fields[event.aggregate]);
    writeSets.emit(ctx, { id: ids.next(), name: event.name, aggregateId, payload: fields });
  },
});

const isEmpty = <W, T>({ writes, events }: WriteSet<W>, { keyed }: CommitMetadata<T>): boolean =>
  writes.length === 0 && events.length === 0 && !keyed;

/**
 * Makes the unit of work of a datastore: the action runs, then what it recorded is committed with its journal row.
 * @param commit stores all of it or nothing. @throws what the first condition that does not hold names.
 */
export const createUnitOfWork = <W>({
  writeSets,
  clock,
  ids,
  commit,
}: Parts<W> & {
  readonly commit: (ctx: Ctx, writes: readonly W[], row: JournalRow) => Promise<void>;
}): UnitOfWork => ({
  run: async (ctx, work, metadata) => {
    const { result, set } = await writeSets.collect(ctx, work);
    if (isEmpty(set, metadata)) return result;
    await commit(ctx, set.writes, toJournalRow(ctx, set, { metadata, result, clock, ids }));
    return result;
  },
});
