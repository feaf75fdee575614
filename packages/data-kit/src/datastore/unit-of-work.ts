import { ApiError } from '@plinth/contract-kit';
import type { CollectionDefinition } from '../collections/define-collection.ts';
import type { Entity } from '../collections/entity.ts';
import { toFrozenCopy } from '../collections/frozen-copy.ts';
import type { Clock, Ctx, Ids } from '../context/context.ts';
import { getOrigin } from '../context/in-tenant.ts';
import type { EmittedEvent, Events } from './events.ts';
import {
  type CommitMetadata,
  type CommitRecords,
  type JournalChange,
  type Revision,
  toCommitRecords,
} from './journal.ts';

/**
 * The largest write set, with its journal row, its response and overhead. MongoDB limits a document and a command to 16 MiB. A larger one is
 * refused with `change-too-large`.
 */
export const writeSetBytesMax = 16_000_000;

/**
 * Runs an action and then commits its recorded writes with a journal row, all or none. An action that recorded nothing
 * gets a row only with an idempotency key or a message. An error of the catalogue that `commits` is thrown after the commit. @throws `IdempotencyKeyConflict` when the key is taken, and
 * `MessageAlreadyHandled`.
 */
export type UnitOfWork = { run<T>(ctx: Ctx, work: () => Promise<T>, metadata: CommitMetadata<T>): Promise<T> };

type TenantRecords = {
  readonly changes: JournalChange[];
  readonly events: EmittedEvent[];
  readonly revisions: Revision[];
};

/**
 * The recordings of one action, in order: its writes, and for each tenant their descriptions for the audit log, the events, and what
 * histories keep.
 */
export type WriteSet<W> = { readonly writes: W[]; readonly tenants: Map<string, TenantRecords> };

/** The write sets of running units of work. Only the collections and the unit of work of a datastore use them. */
export type WriteSets<W> = {
  /** @throws when no unit of work runs for `ctx`: nothing would commit the write. */
  record(ctx: Ctx, write: W, change: JournalChange): void;
  /** Records what the history of a collection keeps of a write, if the collection has one. */
  revise(
    ctx: Ctx,
    collection: Pick<CollectionDefinition, 'name' | 'history'>,
    change: { readonly before?: Entity; readonly after: Entity },
  ): void;
  /** Records writes that change nothing but have a condition. @throws when no unit of work runs for `ctx`. */
  require(ctx: Ctx, collection: string, writes: readonly W[]): void;
  /** Records a write that stores a job. @throws when no unit of work runs for `ctx`. */
  enqueue(ctx: Ctx, job: string, write: W): void;
  /** @throws when no unit of work runs for `ctx`. */
  emit(ctx: Ctx, event: EmittedEvent): void;
  /** Runs an action and returns its result with its write set. */
  collect<T>(ctx: Ctx, work: () => Promise<T>): Promise<{ readonly result: T; readonly set: WriteSet<W> }>;
};

/** Creates the write sets of a datastore. They are found by the identity of the context, so the context stays plain data. */
export const createWriteSets = <W>(): WriteSets<W> => {
  const running = new WeakMap<Ctx, WriteSet<W>>();
  const getSet = (ctx: Ctx, what: string): WriteSet<W> => {
    const set = running.get(getOrigin(ctx));
    if (set) return set;
    throw new TypeError(
      `${what} outside a unit of work. Run the action by unitOfWork.run(ctx, …), and await every write before it returns.`,
    );
  };
  const getRecords = ({ tenants }: WriteSet<W>, { tenantId }: Ctx): TenantRecords => {
    const found = tenants.get(tenantId);
    if (found) return found;
    const records: TenantRecords = { changes: [], events: [], revisions: [] };
    tenants.set(tenantId, records);
    return records;
  };
  return {
    record: (ctx, write, change) => {
      const set = getSet(ctx, `A write to '${change.collection}'`);
      set.writes.push(write);
      getRecords(set, ctx).changes.push(change);
    },
    revise: (ctx, { name: collection, history }, { before, after }) => {
      if (!history) return;
      const set = getSet(ctx, `A write to '${collection}'`);
      getRecords(set, ctx).revisions.push({ collection, before: before && toFrozenCopy(before), after });
    },
    require: (ctx, collection, writes) => void getSet(ctx, `A requirement of '${collection}'`).writes.push(...writes),
    enqueue: (ctx, job, write) => void getSet(ctx, `The job '${job}'`).writes.push(write),
    emit: (ctx, event) => void getRecords(getSet(ctx, `The event '${event.name}'`), ctx).events.push(event),
    collect: async (ctx, work) => {
      if (running.has(ctx)) {
        throw new TypeError('A unit of work already runs for this context. Await it before you begin another one.');
      }
      const set: WriteSet<W> = { writes: [], tenants: new Map() };
      running.set(ctx, set);
      try {
        return { result: await work(), set };
      } finally {
        // A later write finds no write set and throws instead of being lost.
        running.delete(ctx);
      }
    },
  };
};

type Deps<W> = { readonly writeSets: WriteSets<W>; readonly clock: Clock; readonly ids: Ids };

/** Creates the port by which actions emit events into their write set. */
export const createEvents = <W>({ writeSets, ids }: Omit<Deps<W>, 'clock'>): Events => ({
  emit: (ctx, event, payload) => {
    const parsed = event.payload.safeParse(payload);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new TypeError(
        `The payload of '${event.name}' breaks its schema at '${issue?.path.join('.')}': ${issue?.message}.`,
      );
    }
    const fields = toFrozenCopy(parsed.data) as Readonly<Record<string, unknown>>;
    const aggregateId = String(fields[event.aggregate]);
    const { name, version } = event;
    writeSets.emit(ctx, { id: ids.next(), name, version, aggregateId, payload: fields });
  },
});

type Outcome<T> = { readonly result: T } | { readonly refusal: ApiError };

/** Runs an action. A refusal that has an effect is an outcome; any other error is thrown, and nothing is committed. */
const settle = async <T>(work: () => Promise<T>): Promise<Outcome<T>> => {
  try {
    return { result: await work() };
  } catch (error) {
    if (error instanceof ApiError && error.spec.commits) return { refusal: error };
    throw error;
  }
};

/** A repeated request or message would get the refusal and not know that its effect took place. */
const assertUnkeyed = <T>({ code }: ApiError, { idempotency, consumes }: CommitMetadata<T>): void => {
  if (!idempotency && consumes === undefined) return;
  throw new TypeError(
    `The error '${code}' commits. Throw it from a public route: its requests have no idempotency key.`,
  );
};

const isEmpty = <W, T>({ writes, tenants }: WriteSet<W>, { idempotency, consumes }: CommitMetadata<T>): boolean =>
  writes.length === 0 && tenants.size === 0 && !idempotency && consumes === undefined;

/**
 * Creates the unit of work of a datastore: the action runs, then its write set is committed with its journal row and key.
 * @param commit stores all or nothing. @throws the conflict error of the first condition that fails.
 */
export const createUnitOfWork = <W>({
  writeSets,
  clock,
  ids,
  commit,
}: Deps<W> & {
  readonly commit: (ctx: Ctx, writes: readonly W[], records: CommitRecords) => Promise<void>;
}): UnitOfWork => ({
  run: async (ctx, work, metadata) => {
    const { result: outcome, set } = await writeSets.collect(ctx, () => settle(work));
    if ('refusal' in outcome) {
      const { refusal } = outcome;
      assertUnkeyed(refusal, metadata);
      const options = { metadata: { operation: metadata.operation }, result: undefined, clock, ids };
      if (!isEmpty(set, options.metadata)) await commit(ctx, set.writes, toCommitRecords(ctx, set.tenants, options));
      throw refusal;
    }
    const { result } = outcome;
    if (isEmpty(set, metadata)) return result;
    await commit(ctx, set.writes, toCommitRecords(ctx, set.tenants, { metadata, result, clock, ids }));
    return result;
  },
});
