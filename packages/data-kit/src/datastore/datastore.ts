import type { EventDefinition } from '@plinth/contract-kit';
import type { Collection, DocumentOf, OperationsOf } from '../collections/collection.ts';
import type { CollectionDefinition } from '../collections/define-collection.ts';
import type { Clock, Ctx, Ids } from '../context/context.ts';
import type { Inbox } from '../messages/inbox.ts';
import type { Jobs } from '../messages/jobs.ts';
import type { JournalLag, JournalReaderName, JournalReaderOptions } from '../messages/journal-reader.ts';
import type { Pauses } from '../messages/pauses.ts';
import type { Schedules } from '../messages/schedules.ts';
import type { Messages } from '../messages/tenant-messages.ts';
import type { EmittedEvent, Events } from './events.ts';
import type { Journal } from './journal.ts';
import type { Migration, MigrationLogger, Migrations } from './migration.ts';
import type { UnitOfWork } from './unit-of-work.ts';

export type Definitions = Readonly<Record<string, CollectionDefinition<never>>>;

/** The collections of a module with all of their operations. An action declares only the operations that it uses. */
export type CollectionsOf<K> = {
  readonly [N in keyof K]: Collection<DocumentOf<K[N]>, OperationsOf<K[N]>>;
};

/** The part of a datastore that belongs to one module. */
export type ModuleStore<K> = {
  readonly collections: CollectionsOf<K>;
  readonly unitOfWork: UnitOfWork;
  /** For actions: emitted events become part of the write set. */
  readonly events: Events;
  /** For actions: enqueued jobs become part of the write set. */
  readonly jobs: Jobs;
  /** For the host only: the stored responses to idempotency keys. */
  readonly journal: Journal;
  /** For workers only: the events that the consumers of the module have received. */
  readonly inbox: Inbox;
  /** For workers and operators only. */
  readonly pauses: Pauses;
  /** For workers only: the schedules of jobs. */
  readonly schedules: Schedules;
  /** For the routes of hosts by which an organization operates its messages. */
  readonly messages: Messages;
  /**
   * Creates or updates collections, indexes and validators, and runs the pending migrations except contract phases. Safe to
   * repeat, even by several processes at the same time. A database that newer code has migrated stays unchanged.
   * @throws `StartupError` when it fails, or when another process migrates for longer than the time limit.
   */
  prepare(log?: MigrationLogger): Promise<void>;
  /**
   * Compares the database with the code, and changes nothing. A database that newer code has migrated is accepted.
   * @throws `StartupError` that names what `prepare` would change.
   */
  assertPrepared(log?: MigrationLogger): Promise<void>;
};

/** Runs work shared by several requests and records a span in each of their traces. */
export type TraceBatch = <T>(kind: 'commit' | 'read', requests: readonly Ctx[], work: () => Promise<T>) => Promise<T>;

/** A database command as traces record it: without filters, documents or other values. */
export type CommandInfo = {
  readonly system: 'mongodb' | 'redis';
  readonly operation: string;
  readonly database?: string | undefined;
  readonly collection?: string | undefined;
  readonly host: string;
  readonly port?: number | undefined;
};

/** Called when a command starts. Returns a callback for its completion, or undefined to skip it. */
export type CommandObserver = (command: CommandInfo) => ((outcome: { readonly isError: boolean }) => void) | undefined;

export type StoreOptions = {
  readonly clock: Clock;
  readonly ids: Ids;
  /** Runs every commit and point read, shared or not. Without it, they are not traced. */
  readonly traceBatch?: TraceBatch | undefined;
  /** Returns how many documents a tenant may keep in each collection; undefined for any number. */
  readonly findRowsMax?: ((tenantId: string) => number | undefined) | undefined;
};

/** The current use of the connections of a datastore. */
export type PoolStats = {
  /** Open connections. */
  readonly size: number;
  /** The maximum number of open connections to one server. */
  readonly sizeMax: number;
  readonly checkedOut: number;
  /** Commands that are waiting for a connection. */
  readonly waiting: number;
  /** Commands that failed to get a connection, since the process started. */
  readonly failed: number;
};

/** The commits of a module since the process started. */
export type CommitStats = {
  readonly module: string;
  /** Transactions, each for the one or more write sets that were ready at the same time. */
  readonly groups: number;
  /** Write sets in these transactions. */
  readonly sets: number;
  /** Transactions of several write sets that failed and were repeated without some of them. */
  readonly splits: number;
};

export type DatastoreStats = { readonly pool: PoolStats; readonly commits: readonly CommitStats[] };

/** The events to deliver, and callbacks for interruptions. */
export type SubscriptionOptions = {
  /** The module whose journal holds the events. It need not be open in this process. */
  readonly module: string;
  readonly events: readonly Pick<EventDefinition, 'name'>[];
  /** The time of the earliest event that is delivered. */
  readonly since: Date;
  /** Called once for each interruption. The datastore reconnects until it succeeds. */
  readonly onDisconnect: (cause: unknown) => void;
  /** Called when every event of an interruption has been delivered. */
  readonly onReconnect: () => void;
};

/** An event with its tenant and the time of its write set, by the clock of the process that wrote it. */
export type DeliveredEvent = Pick<EmittedEvent, 'name' | 'aggregateId' | 'payload'> & {
  readonly tenantId: string;
  readonly at: Date;
};

export type Subscription = {
  /**
   * Returns for how many milliseconds a write may have been acknowledged without its events having been delivered. It is below
   * three seconds while the datastore responds, and grows while the datastore is unreachable or has no majority.
   */
  ageMs(): number;
  /** Ends the delivery. Call it before you close the datastore. */
  stop(): Promise<void>;
};

/** A module as a datastore opens it. */
export type StoredModule<K> = {
  readonly name: string;
  readonly collections: K;
  readonly migrations?: readonly Migration[];
};

/** The right to run a named piece of work of a module, which one process holds at a time. */
export type LeaseOptions = {
  readonly module: string;
  readonly name: string;
  /** Called for each interruption. The work starts again, here or in another process. */
  readonly onError: (cause: unknown) => void;
  readonly signal: AbortSignal;
};

/** The databases of modules, one for each. */
export type Datastore = {
  open<K>(module: StoredModule<K>, options: StoreOptions): ModuleStore<K>;
  /**
   * Delivers every event of some names in the journal of a module, at least once and of **every tenant**: for hosts only,
   * never for actions. Resolves when past events have been delivered; later events follow as they are committed.
   * A `listener` that throws receives the event again.
   * @throws `StartupError` when the first connection to the journal fails.
   */
  subscribe(subscription: SubscriptionOptions, listener: (event: DeliveredEvent) => void): Promise<Subscription>;
  /**
   * Delivers the entries in the journal of a module, at least once, in the order of their commits and of **every tenant**: for
   * workers only. Of several processes one reads, until its lease expires. Resolves when the signal has aborted.
   */
  readJournal(options: JournalReaderOptions): Promise<void>;
  /**
   * Lets entries expire that are older than seven days and that each of the readers has passed. Those of a module whose readers do
   * not run stay. Returns how far each reader is behind.
   */
  expireJournal(options: {
    readonly module: string;
    readonly readers: readonly JournalReaderName[];
    readonly signal: AbortSignal;
  }): Promise<JournalLag[]>;
  /** Runs `work` in one process at a time, until the signal aborts. The signal of `work` aborts when the lease is lost. */
  withLease(lease: LeaseOptions, work: (signal: AbortSignal) => Promise<void>): Promise<void>;
  /** @throws when the datastore cannot be reached within a second or cannot commit transactions. */
  ping(): Promise<void>;
  /** The figures for metrics. A datastore in memory has none. */
  stats?(): DatastoreStats;
  close(): Promise<void>;
};

/** The documents of a tenant in a collection of a module. */
export type ScanOptions = { readonly module: string; readonly collection: string; readonly tenantId: string };

/** A datastore whose migrations can be inspected and run by commands, and whose documents they can read. */
export type MigratableDatastore = Datastore & {
  /** Returns each tenant that has documents in one of the collections. */
  listTenants(options: { readonly module: string; readonly collections: readonly string[] }): AsyncIterable<string>;
  /** Returns the documents whose `field` is above a number, sorted by it, with a few in memory at a time. An index serves it. */
  scan(
    options: ScanOptions & { readonly field: string; readonly after: number },
  ): AsyncIterable<Readonly<Record<string, unknown>>>;
  migrations<K>(module: StoredModule<K>, options: StoreOptions): Migrations;
};
