export { applyChange, assertChange, createDocument } from './collections/change.ts';
export {
  type Collection,
  type DocumentOf,
  type OperationsOf,
  type StoredCollection,
  type TenantCollection,
  UniqueViolation,
} from './collections/collection.ts';
export {
  type CollectionDefinition,
  type ComparisonKey,
  defineCollection,
  getManagedFields,
  type IndexSpec,
  removedMarker,
  type UntypedDefinition,
} from './collections/define-collection.ts';
export {
  type ArrayKey,
  type Change,
  type Draft,
  Entity,
  type ListQuery,
  type Origin,
  type Page,
  type ScalarKey,
  type Sort,
  StoredId,
  type Where,
} from './collections/entity.ts';
export { assertVersionCompared } from './collections/expected-version.ts';
export { assertHistories, defineHistory, HistoryEntry, toChangeTime } from './collections/history.ts';
export { manageCollection } from './collections/manage-collection.ts';
export { defineMapper, entityFields, type Mapper } from './collections/mapper.ts';
export { toPatchChange } from './collections/patch-change.ts';
export {
  findIncomingReferences,
  getReferencedIds,
  type IncomingReference,
  ReferenceViolation,
} from './collections/references.ts';
export { toStoredDraft, toStoredSort, toStoredWhere } from './collections/stored-fields.ts';
export { toChange } from './collections/to-change.ts';
export {
  anonymous,
  type Clock,
  type Ctx,
  type Ids,
  type Principal,
  platformTenantId,
  type Trace,
} from './context/context.ts';
export { inTenant } from './context/in-tenant.ts';
export {
  allow,
  msUntilTokens,
  type Plan,
  plans,
  type RateLimitDecision,
  type RateLimiter,
  type RateLimiterCounts,
  refilledTokens,
  refuse,
  type TokenBucket,
  type TokenLevel,
  toBucketKey,
} from './context/rate-limiter.ts';
export type { ServiceOf } from './context/service.ts';
export { StartupError } from './context/startup-error.ts';
export type { FindUserAccess, UserAccess } from './context/user-access.ts';
export type {
  CollectionsOf,
  CommandInfo,
  CommandObserver,
  CommitStats,
  Datastore,
  DatastoreStats,
  Definitions,
  DeliveredEvent,
  LeaseOptions,
  MigratableDatastore,
  ModuleStore,
  PoolStats,
  ScanOptions,
  StoredModule,
  StoreOptions,
  Subscription,
  SubscriptionOptions,
  TraceBatch,
} from './datastore/datastore.ts';
export type { EmittedEvent, Events } from './datastore/events.ts';
export {
  type CommitMetadata,
  type CommitRecords,
  createJournalChanges,
  getLifetimeMs,
  type HistoryWrite,
  IdempotencyKeyConflict,
  type IdempotencyOptions,
  type IdempotencyRecord,
  type Journal,
  JournalChange,
  JournalRow,
  type KeyRecord,
  keyLifetimeMs,
  refusalLifetimeMs,
  StoredResponse,
  toCommitRecords,
} from './datastore/journal.ts';
export {
  assertBackfilled,
  assertMigrations,
  type Backfill,
  type ContractPhase,
  type DocumentBackfill,
  type DriftRepair,
  defineMigration,
  type Expand,
  type Migration,
  type MigrationLogEntry,
  type MigrationLogger,
  type MigrationPhase,
  type MigrationStatus,
  type Migrations,
  type MigrationWhere,
  type StoredDocument,
  type TenantBackfill,
  type TenantScope,
} from './datastore/migration.ts';
export {
  createEvents,
  createUnitOfWork,
  createWriteSets,
  type UnitOfWork,
  type WriteSet,
  type WriteSets,
  writeSetBytesMax,
} from './datastore/unit-of-work.ts';
export { type Html, html, toInlineCode } from './html/html.ts';
export { type CursorScope, type Cursors, createCursors, type Position } from './lists/cursor.ts';
export { assertIndexed, assertLimit, assertTenant, keysExaminedMax, type ListPlan, planList } from './lists/plan.ts';
export { sortKeyMax, toSortKey } from './lists/sort-key.ts';
export { assertWhere, type Filter, getIn, getRange, type Range } from './lists/where.ts';
export type { Mail, MailContent, MailMessage } from './mail/mail.ts';
export { type MailParts, toMailContent } from './mail/mail-content.ts';
export { CloudEvent, type CloudEventOptions, toCloudEvent } from './messages/cloud-event.ts';
export {
  type Consumer,
  defaultRetry,
  defineConsumer,
  type EventOf,
  type EventType,
  type RetryPolicy,
  toPauseMs,
} from './messages/consumer.ts';
export {
  type Backlog,
  type Inbox,
  type InboxChange,
  type InboxPart,
  type InboxWatch,
  MessageAlreadyHandled,
  type NewMessage,
  toReceived,
} from './messages/inbox.ts';
export { defineJob, type InputOf, type Job, type JobType } from './messages/job.ts';
export { createJobs, type EnqueueOptions, type Jobs, type ScheduledRun, toScheduledMessage } from './messages/jobs.ts';
export type { JournalConsumer, JournalConsumerDeps, ReceiveEntries, Signer } from './messages/journal-consumer.ts';
export type { JournalEntry, JournalLag, JournalReaderName, JournalReaderOptions } from './messages/journal-reader.ts';
export { Failure, failuresMax, Message, type MessageHead, ReceivedEvent, toMessageId } from './messages/message.ts';
export type { Pause, Pauses } from './messages/pauses.ts';
export type {
  HandledMessage,
  HandleMessage,
  Queue,
  QueuedMessage,
  Queues,
  QueueWorker,
  QueueWorkerOptions,
  RateLimit,
} from './messages/queues.ts';
export { assertSchedule, getRunTimes, PlannedRun, type Schedule } from './messages/schedule.ts';
export type { Schedules } from './messages/schedules.ts';
export {
  type DeadMessagesQuery,
  type Messages,
  type TenantMessages,
  toDeadMessageChange,
} from './messages/tenant-messages.ts';
export { toMessages } from './messages/to-messages.ts';
export { isKnownEvent, toNewestEvent } from './messages/to-newest-event.ts';
export {
  chunkLinesMax,
  OperationChunkDocument,
  OperationDocument,
  OperationLine,
  operationChunks,
  operations,
  parseChunkText,
  toChunkText,
  toOperation,
} from './operations/operation.ts';
export {
  advanceOperation,
  failStalledOperation,
  findRunningOperation,
  type OperationPiece,
  startOperation,
} from './operations/run-operation.ts';
export { getSagaStep, moveSaga, type Saga, SagaEntry, type SagaMove, sagaFields } from './sagas/saga.ts';
export { type SearchQuery, type StoredSearchQuery, toWords } from './search/search.ts';
export { planSummary } from './summaries/plan.ts';
export { type Summary, type SummaryQuery, type SummaryRow, summarisedDocumentsMax } from './summaries/summary.ts';
