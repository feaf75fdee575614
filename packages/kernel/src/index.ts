export { assertChange } from './assert-change.ts';
export { type Cache, cacheControlOf } from './cache.ts';
export { applyChange, newDocument } from './change.ts';
export {
  type Collection,
  type CollectionDefinition,
  type DocumentOf,
  defineCollection,
  type Indexed,
  type IndexSpec,
  type Scoped,
  UniqueViolation,
  type UnitOfWork,
} from './collection.ts';
export { commonErrors } from './common-errors.ts';
export { anonymous, type Clock, type Ctx, type Ids, type Principal, type Trace } from './context.ts';
export { type Contract, defineContract, type Routes, type ServiceOf } from './contract.ts';
export { type CursorScope, type Cursors, type CursorTools, createCursors, type Position } from './cursor.ts';
export { classifiedFields, type DataClass, dataClasses, pii, secret } from './data-class.ts';
export type {
  CollectionsOf,
  CommitStats,
  Datastore,
  DatastoreStats,
  Definitions,
  Following,
  MigratableDatastore,
  ModuleStore,
  OnCommand,
  PoolStats,
  SentCommand,
  StoredModule,
  StoreOptions,
  Subscription,
  Together,
  ToldEvent,
} from './datastore.ts';
export {
  type Change,
  type Draft,
  Entity,
  type ListQuery,
  type Page,
  type ScalarKey,
  type Sort,
  type Where,
} from './entity.ts';
export {
  type AnyErrorFactory,
  ApiError,
  type DeclaredError,
  defineErrors,
  type ErrorBook,
  type ErrorFactory,
  type ErrorOptions,
  type ErrorSpec,
  type ErrorStatus,
  type FieldError,
} from './errors.ts';
export { defineEvent, type EmittedEvent, type EventDefinition, type Events } from './event.ts';
export { toIso } from './iso-time.ts';
export {
  type Journal,
  JournalChange,
  JournalRow,
  journalOf,
  journalRowOf,
  type Keyed,
  type KeyedAnswer,
  KeyTaken,
  keyLifetimeMs,
  type Receipt,
  StoredAnswer,
} from './journal.ts';
export {
  allowedDecision,
  type Bucket,
  bucketKey,
  createLocalLimiter,
  type Limit,
  type LimitDecision,
  type Limiter,
  type LimiterCounts,
  msUntil,
  type Plan,
  plans,
  refusedDecision,
  tokensAt,
} from './limits.ts';
export {
  defineListQuery,
  IsoDate,
  type ListInput,
  type ListOutput,
  listItemOf,
  pageOf,
} from './list-query.ts';
export { defineMapper, type Mapper } from './mapper.ts';
export { mergePatchOf } from './merge-patch.ts';
export {
  assertBackfilled,
  assertMigrations,
  type Backfill,
  type Contract as MigrationContract,
  type DocumentBackfill,
  defineMigration,
  type Expand,
  type Migration,
  type MigrationNote,
  type MigrationPhase,
  type MigrationStatus,
  type Migrations,
  type MigrationWhere,
  type NoteTaker,
  type StoredDocument,
  type TenantBackfill,
  type TenantScope,
} from './migration.ts';
export {
  type BuiltInRole,
  builtInRoles,
  definePermissions,
  type PermissionBook,
  type PermissionName,
  type PermissionSpec,
} from './permissions.ts';
export {
  assertLimit,
  assertServed,
  assertTenant,
  assertWhere,
  type ListPlan,
  planList,
  type Range,
  rangeOf,
} from './plan.ts';
export { createRing, type Link } from './ring.ts';
export {
  type Auth,
  type Check,
  defineRoute,
  type InputOf,
  type Method,
  type OutputOf,
  type RouteSpec,
  type SuccessStatus,
  successOf,
} from './route.ts';
export { StartupError } from './startup-error.ts';
export { Id, NoContent, WellFormed } from './text.ts';
export { tokensRevoked } from './tokens-revoked.ts';
export { unreadJsonOf, unreadPage } from './unread-page.ts';
export { assertVersion, type Versions } from './versions.ts';
export { createEvents, createUnitOfWork, createWriteSets, type WriteSet, type WriteSets } from './write-sets.ts';
