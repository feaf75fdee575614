import type { UntypedDefinition } from '../collections/define-collection.ts';
import { Entity } from '../collections/entity.ts';
import type { Range } from '../lists/where.ts';

type Scalar = string | number | boolean | Date;

/** A filter with the operators of the collection port. Its fields are plain names, because a migration outlives the types for which it was written. */
export type MigrationWhere = Readonly<Record<string, Scalar | { readonly $in: readonly Scalar[] } | Range>>;

/** A document as it was stored by any version of the code. */
export type StoredDocument = {
  readonly _id: string;
  readonly tenantId: string;
  readonly [field: string]: unknown;
};

/** The speed of a migration: the documents in a transaction, and the maximum number of changed documents per second. */
type Pace = { readonly batchSize?: number; readonly perSecond?: number };

type MigrationBase<P extends string> = {
  /** `<four digits>-<what-it-does>`. The digits order the migrations of a module. A released name never changes. */
  readonly name: string;
  readonly phase: P;
  readonly collection: string;
};

/**
 * Prepares the database for newer code: creates its collections, indexes and validators and keeps those that older code
 * needs. Every change of a stored schema or of an index has one.
 */
export type Expand = MigrationBase<'expand'> & {
  /** Fields that older code does not write. They may be absent until a contract phase requires them. */
  readonly adds?: readonly string[];
  /** Fields that the definition no longer has. They may be present until a contract phase removes them. */
  readonly retires?: readonly string[];
};

/** Changes documents one by one. */
export type DocumentBackfill = MigrationBase<'backfill'> &
  Pace & {
    /**
     * The documents that need the change: one of the fields is missing, the filter matches, or one of the fields is
     * outdated, which means that `change` returns another value. The last kind reads every document.
     */
    readonly needs:
      | { readonly missing: readonly [string, ...string[]] }
      | { readonly where: MigrationWhere }
      | { readonly outdated: readonly [string, ...string[]] };
    /** Returns the fields to set, after which the document no longer needs the change. Pure: it may run twice for a document. */
    readonly change: (document: StoredDocument) => Readonly<Record<string, unknown>>;
    /** True when clients see the change: then `version`, `updatedAt` and the ETag change as well. */
    readonly visible?: boolean;
  };

/** The reads and writes of a backfill for one tenant, in one transaction. */
export type TenantScope = {
  count(collection: string, where: MigrationWhere): Promise<number>;
  /** Sets the fields of the one document that matches `where`, or inserts it. Writes nothing when it has these values. */
  put(
    collection: string,
    where: Readonly<Record<string, Scalar>>,
    fields: Readonly<Record<string, Scalar>>,
  ): Promise<void>;
};

/** Runs once for each tenant with documents in `collection`. It must be idempotent. */
export type TenantBackfill = MigrationBase<'backfill'> &
  Pace & { readonly forTenant: (tenant: TenantScope) => Promise<void> };

export type Backfill = DocumentBackfill | TenantBackfill;

/**
 * Removes fields and indexes that only older code needs. It runs only on request, because no process can know that the last
 * process of older code has ended.
 */
export type ContractPhase = MigrationBase<'contract'> &
  Pace & {
    /** Backfills to run again first, for documents that older code has written since. */
    readonly repeats?: readonly Backfill[];
    readonly requires?: readonly string[];
    readonly removes?: readonly string[];
    readonly dropIndexes?: readonly string[];
  };

export type Migration = Expand | Backfill | ContractPhase;
export type MigrationPhase = Migration['phase'];

const assertPace = (name: string, { batchSize = 1, perSecond = 1 }: Pace): void => {
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > 1000) {
    throw new RangeError(`Migration '${name}': a batch has 1 to 1000 documents.`);
  }
  if (!(perSecond > 0)) throw new RangeError(`Migration '${name}': 'perSecond' must be more than 0.`);
};

/** Declares a migration. @throws for an invalid name or pace. */
export const defineMigration = <const P extends MigrationPhase, M extends Extract<Migration, { readonly phase: P }>>(
  migration: M & { readonly phase: P },
): M => {
  if (!/^\d{4}(-[a-z0-9]+)+$/.test(migration.name)) {
    throw new TypeError(`The migration '${migration.name}' must be named like '0001-what-it-does'.`);
  }
  assertPace(migration.name, migration as Pace);
  return migration;
};

type Owner = { readonly name: string; readonly collections: object; readonly migrations?: readonly Migration[] };

const getNumber = ({ name }: Migration): number => Number(name.slice(0, 4));

const refuse = ({ name }: Owner, text: string): never => {
  throw new TypeError(`Module '${name}': ${text}`);
};

const assertOrder = (owner: Owner, migrations: readonly Migration[]): void => {
  for (const [index, migration] of migrations.entries()) {
    const before = migrations[index - 1];
    if (before && getNumber(before) >= getNumber(migration)) {
      refuse(
        owner,
        `the migration '${migration.name}' comes after '${before.name}'. Number each migration and list them in that order.`,
      );
    }
  }
};

type InOrder<M extends Migration> = { readonly migration: M; readonly others: readonly Migration[] };

const listFields = (others: readonly Migration[], collection: string, list: 'adds' | 'retires'): string[] =>
  others.flatMap((other) => (other.phase === 'expand' && other.collection === collection ? (other[list] ?? []) : []));

const assertExpand = (
  owner: Owner,
  shape: UntypedDefinition['shape'],
  { migration, others }: InOrder<Expand>,
): void => {
  const retired = listFields(others, migration.collection, 'retires');
  const { name, collection, adds = [], retires = [] } = migration;
  const unknown = adds.find((field) => !Object.hasOwn(shape, field) && !retired.includes(field));
  if (unknown !== undefined) refuse(owner, `'${name}' adds '${unknown}', which '${collection}' does not have.`);
  const kept = retires.find((field) => Object.hasOwn(shape, field));
  if (kept !== undefined) refuse(owner, `'${name}' retires '${kept}', which '${collection}' still has.`);
};

const assertContract = (owner: Owner, { migration, others }: InOrder<ContractPhase>): void => {
  const { name, collection, requires = [], removes = [], repeats = [] } = migration;
  const added = listFields(others, collection, 'adds');
  const retired = listFields(others, collection, 'retires');
  const early = requires.find((field) => !added.includes(field));
  if (early !== undefined) refuse(owner, `'${name}' requires '${early}', which no earlier expand adds.`);
  const kept = removes.find((field) => !retired.includes(field));
  if (kept !== undefined) refuse(owner, `'${name}' removes '${kept}', which no earlier expand retires.`);
  const stray = repeats.find((backfill) => !others.includes(backfill));
  if (stray) refuse(owner, `'${name}' repeats '${stray.name}', which is not among the migrations before it.`);
};

/** @throws for migrations out of order, and for one that names a collection, field or backfill that does not exist. */
export const assertMigrations = (owner: Owner): void => {
  const { migrations = [], collections } = owner;
  assertOrder(owner, migrations);
  const shapes = new Map((Object.values(collections) as UntypedDefinition[]).map(({ name, shape }) => [name, shape]));
  for (const [index, migration] of migrations.entries()) {
    const shape = shapes.get(migration.collection);
    if (!shape) return refuse(owner, `'${migration.name}' changes '${migration.collection}', which it does not own.`);
    if (migration.phase === 'expand') assertExpand(owner, shape, { migration, others: migrations.slice(index + 1) });
    if (migration.phase === 'contract') assertContract(owner, { migration, others: migrations.slice(0, index) });
  }
};

/** @throws when a backfill sets a field that the collection writes by itself. */
export const assertBackfilled = (name: string, fields: object): void => {
  const entityField = Object.keys(fields).find((field) => Object.hasOwn(Entity.shape, field));
  if (entityField !== undefined)
    throw new TypeError(`'${name}' sets '${entityField}', which the collection writes by itself.`);
};

/** The state of a migration in a database. */
export type MigrationStatus = {
  readonly name: string;
  readonly phase: MigrationPhase;
  /** The next run repeats a `failed` migration. */
  readonly state: 'pending' | 'running' | 'done' | 'failed';
  /** False when only newer code has it. */
  readonly known: boolean;
  /** The number of changed documents. */
  readonly changed: number;
  /** The last id or tenant that it has processed. */
  readonly position?: string;
  /** The reason of a failure. */
  readonly reason?: string;
  /** The process that runs it. */
  readonly holder?: string;
};

/** A log entry about the progress of migrations. */
export type MigrationLogEntry = {
  readonly event: Lowercase<string>;
  readonly fields: Readonly<Record<string, string | number | boolean>>;
};

export type MigrationLogger = (log: MigrationLogEntry) => void;

/**
 * The sentences of a repair: the differences that it corrected, and those that it did not: no command corrects them, or an
 * index is dropped on request only.
 */
export type DriftRepair = { readonly repaired: readonly string[]; readonly unrepaired: readonly string[] };

/** The migrations of one module, for the command line. */
export type Migrations = {
  /** Returns the migrations in their order; those that only newer code has come last. */
  status(): Promise<readonly MigrationStatus[]>;
  /** Describes what `migrate` would do, one sentence for each change. Changes nothing. */
  dryRun(options: { readonly contract: boolean }): Promise<readonly string[]>;
  /**
   * Migrates the database to the schema of the code. Contract phases run only with `contract`.
   * @throws `StartupError` when newer code has migrated the database, when a document violates its schema or a unique index,
   * or when another process migrates for longer than the time limit.
   */
  migrate(options: { readonly contract: boolean; readonly log?: MigrationLogger }): Promise<void>;
  /**
   * Describes how indexes and validators differ from the expected ones, and names the command that corrects each. Also
   * describes documents that violate their validator.
   */
  drift(): Promise<readonly string[]>;
  /**
   * Creates missing collections and indexes and sets validators. Drops or replaces an index only with `dropIndexes`.
   * @throws `StartupError` when the database lacks migrations or has newer ones, while another process migrates it, or when
   * documents violate a unique index.
   */
  repair(options: { readonly dropIndexes: boolean }): Promise<DriftRepair>;
};
