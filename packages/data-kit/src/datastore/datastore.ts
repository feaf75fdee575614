import type { EventDefinition } from '@plinth/contract-kit';
import type { Collection, DocumentOf, OperationsOf } from '../collections/collection.ts';
import type { CollectionDefinition } from '../collections/define-collection.ts';
import type { Clock, Ctx, Ids } from '../context/context.ts';
import type { Events } from '../unit-of-work/events.ts';
import type { Journal } from '../unit-of-work/journal.ts';
import type { UnitOfWork } from '../unit-of-work/unit-of-work.ts';
import type { Migration, MigrationLogger, Migrations } from './migration.ts';

export type Definitions = Readonly<Record<string, CollectionDefinition<never>>>;

/** The collections of a module, each with every operation; an action names the ones that it uses. */
export type CollectionsOf<K> = {
  readonly [N in keyof K]: Collection<DocumentOf<K[N]>, OperationsOf<K[N]>>;
};

/** What one module owns of a datastore. */
export type ModuleStore<K> = {
  readonly collections: CollectionsOf<K>;
  readonly unitOfWork: UnitOfWork;
  /** For actions: events become part of the write set. */
  readonly events: Events;
  /** For the host alone: what was answered to calls with a key. */
  readonly journal: Journal;
  /**
   * Makes collections, indexes and validators what their definitions say, and runs the migrations that are due, but no
   * contracts. Safe to repeat and to race; a database that newer code has migrated is left as it is.
   * @throws `StartupError` when it cannot be done, or another process does it for longer than one waits.
   */
  prepare(log?: MigrationLogger): Promise<void>;
};

/** Runs what is done for several calls at once, so that the trace of each can tell of it. */
export type TraceBatch = <T>(what: 'commit' | 'read', calls: readonly Ctx[], work: () => Promise<T>) => Promise<T>;

/** A command on its way to a database, as far as a trace tells of it: nothing of what it asks, or of what is stored. */
export type CommandInfo = {
  readonly system: 'mongodb' | 'redis';
  readonly operation: string;
  readonly database?: string | undefined;
  readonly collection?: string | undefined;
  readonly host: string;
  readonly port?: number | undefined;
};

/** Is told of each command when it is sent, and of its end by a call of what is returned; nothing: it need not be told. */
export type CommandObserver = (command: CommandInfo) => ((outcome: { readonly isError: boolean }) => void) | undefined;

export type StoreOptions = {
  readonly clock: Clock;
  readonly ids: Ids;
  /** Surrounds commits and reads that calls share, and those of one call as well. Left out: nothing is told. */
  readonly traceBatch?: TraceBatch | undefined;
};

/** How the connections of a datastore are used now. */
export type PoolStats = {
  /** Those that are open. */
  readonly size: number;
  /** How many may be open to one server. */
  readonly sizeMax: number;
  readonly checkedOut: number;
  /** Commands that wait for a connection. */
  readonly waiting: number;
  /** Commands that have waited in vain, since the process began. */
  readonly failed: number;
};

/** What a module has committed since the process began. */
export type CommitStats = {
  readonly module: string;
  /** Transactions that were begun for write sets that were ready together, be it one. */
  readonly groups: number;
  /** The write sets in them. */
  readonly sets: number;
  /** Groups that failed as a whole, and whose parts were then tried by themselves. */
  readonly splits: number;
};

export type DatastoreStats = { readonly pool: PoolStats; readonly commits: readonly CommitStats[] };

/** Which events are told, and who hears of trouble meanwhile. */
export type SubscriptionOptions<P extends object> = {
  /** The module in whose journal they lie. It need not be one that was opened here. */
  readonly module: string;
  readonly event: EventDefinition<P>;
  /** What lies in the journal already is told from this moment on. */
  readonly since: Date;
  readonly clock: Clock;
  /** Called once for each time that the journal cannot be followed; it is tried again until it can. */
  readonly onDisconnect: (cause: unknown) => void;
  /** Called when it is followed again. Nothing was missed. */
  readonly onReconnect: () => void;
};

/** An event as it is told: whose it is, and when its write set was made. */
export type DeliveredEvent<P extends object> = { readonly tenantId: string; readonly at: Date; readonly payload: P };

export type Subscription = {
  /** Ends it; nothing is told any more. To be called before the datastore is closed. */
  stop(): Promise<void>;
};

/** What a datastore is told of a module. */
export type StoredModule<K> = {
  readonly name: string;
  readonly collections: K;
  readonly migrations?: readonly Migration[];
};

/** Where modules keep their documents: one database each. */
export type Datastore = {
  open<K>(module: StoredModule<K>, options: StoreOptions): ModuleStore<K>;
  /**
   * Tells every event of one name in the journal of a module, at least once and of **every tenant**: for hosts alone,
   * never for actions. Resolves when the past has been told; from then on events are told as they are committed.
   * A `listener` that throws is told the event again.
   * @throws `StartupError` when the journal cannot be followed to begin with.
   */
  subscribe<P extends object>(
    subscription: SubscriptionOptions<P>,
    listener: (event: DeliveredEvent<P>) => void,
  ): Promise<Subscription>;
  /** @throws when the datastore cannot be reached within a second or cannot commit transactions. */
  ping(): Promise<void>;
  /** What metrics are made of; a datastore in memory has nothing to tell. */
  stats?(): DatastoreStats;
  close(): Promise<void>;
};

/** A datastore whose migrations people can look at and run by hand. */
export type MigratableDatastore = Datastore & {
  migrations<K>(module: StoredModule<K>, options: StoreOptions): Migrations;
};
