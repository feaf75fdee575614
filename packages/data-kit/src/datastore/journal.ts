import { z } from 'zod';
import { type CollectionDefinition, toHistoryName } from '../collections/define-collection.ts';
import { type Change, type Entity, StoredId } from '../collections/entity.ts';
import type { HistoryEntry } from '../collections/history.ts';
import { type Clock, type Ctx, type Ids, toTraceFields } from '../context/context.ts';
import type { EmittedEvent } from './events.ts';
import { createRedactor } from './redacted-fields.ts';

const Fields = z.record(z.string(), z.unknown());

/** A response as it was sent, so that it can be replayed byte for byte. */
export const StoredResponse = z.object({
  status: z.int().min(200).max(499),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});
export type StoredResponse = z.infer<typeof StoredResponse>;

/**
 * One write in the audit log. Classified values are replaced by their class. An `updateWhere` has its condition and change
 * instead of `before` and `after`, because the changed document is unknown.
 */
export const JournalChange = z.object({
  kind: z.enum(['insert', 'update', 'remove']),
  collection: z.string(),
  id: z.string().optional(),
  /** The version of the document after the write; for a removal, the last version. */
  version: z.int().optional(),
  before: Fields.optional(),
  after: Fields.optional(),
  where: Fields.optional(),
  change: Fields.optional(),
});
export type JournalChange = z.infer<typeof JournalChange>;

/** One row of the journal (transactional outbox and audit log in one), committed with its write set: actor, time, changes and events. */
export const JournalRow = z.object({
  _id: StoredId,
  tenantId: StoredId,
  at: z.date(),
  actor: z.object({ kind: z.string(), id: z.string() }),
  requestId: z.string(),
  traceId: z.string(),
  // Rows of earlier releases have none of the two.
  spanId: z.string().optional(),
  sampled: z.boolean().optional(),
  operation: z.string().min(1),
  changes: z.array(JournalChange),
  events: z.array(
    z.object({
      id: StoredId,
      name: z.string(),
      // Rows of the previous release have none.
      version: z.int().min(1).optional(),
      aggregateId: z.string(),
      payload: Fields,
    }),
  ),
  /** The message of the inbox whose effect this is. */
  consumed: z.string().optional(),
});
export type JournalRow = z.infer<typeof JournalRow>;

const hourMs = 60 * 60 * 1000;

/** The time for which the response to a success is replayed to its idempotency key. */
export const keyLifetimeMs = 24 * hourMs;

/** The time for which a refusal is replayed. It is short, because its cause may be corrected. */
export const refusalLifetimeMs = hourMs;

/** Returns the time for which a response is replayed. */
export const getLifetimeMs = ({ status }: StoredResponse): number =>
  status >= 400 ? refusalLifetimeMs : keyLifetimeMs;

/** The stored response to an idempotency key, with the fingerprint of its request. */
export type IdempotencyRecord = { readonly fingerprint: string; readonly response: StoredResponse };

/** An idempotency record with its key, as a write set commits it: apart from the journal row, which lives longer. */
export type KeyRecord = IdempotencyRecord & { readonly tenantId: string; readonly key: string };

/** An entry of a history, and the collection that it is inserted into. */
export type HistoryWrite = { readonly collection: string; readonly entry: HistoryEntry };

/** The journal rows, the key and the entries of histories that are committed with the writes of a write set. */
export type CommitRecords = {
  /** That of the tenant of the context comes first, and has the message. Others follow for the tenants that the action has entered. */
  readonly rows: readonly JournalRow[];
  readonly keyRecord?: KeyRecord | undefined;
  readonly history?: readonly HistoryWrite[];
};

/** The idempotency key is taken: another write set, with its own response, was committed first. */
export class IdempotencyKeyConflict extends Error {
  override readonly name = 'IdempotencyKeyConflict';

  constructor(options?: { cause?: unknown }) {
    super('The idempotency key has been used already.', options);
  }
}

/** The metadata of a commit, which becomes part of the journal row. */
export type CommitMetadata<T> = {
  /** The operation id. */
  readonly operation: string;
  /** Set for a request with an idempotency key. */
  readonly idempotency?: IdempotencyOptions<T> | undefined;
  /** The id of the message that this handles: the commit ends it, or fails with `MessageAlreadyHandled`. */
  readonly consumes?: string | undefined;
  /** Set for copies of journal rows: the commit writes no journal row, so it may have no events, key or message. */
  readonly skipsJournal?: true | undefined;
};

export type IdempotencyOptions<T> = {
  /** Unique in its tenant; it includes subject and route. */
  readonly key: string;
  /** A hash that is equal for identical requests. */
  readonly fingerprint: string;
  readonly toResponse: (result: T) => StoredResponse;
};

/** Reads idempotency records. */
export type Journal = {
  /** Returns the record of a key that has not expired and that a majority of the members has. */
  find(ctx: Ctx, key: string): Promise<IdempotencyRecord | undefined>;
};

type Deps = { readonly clock: Clock; readonly ids: Ids };

/** The recordings of an action for the journal and the histories of a tenant. */
type Recorded = {
  readonly changes: readonly JournalChange[];
  readonly events: readonly EmittedEvent[];
  readonly revisions: readonly Revision[];
};

/** A change of a document in a collection with a history. */
export type Revision = { readonly collection: string; readonly before: Entity | undefined; readonly after: Entity };

const toHistory = ({ revisions }: Recorded, row: JournalRow, ids: Ids): HistoryWrite[] =>
  revisions.map(({ collection, before, after }) => ({
    collection: toHistoryName(collection),
    entry: {
      _id: ids.next(),
      tenantId: row.tenantId,
      version: 1,
      createdAt: after.updatedAt,
      updatedAt: after.updatedAt,
      documentId: after._id,
      documentVersion: after.version,
      operation: row.operation,
      actor: row.actor,
      requestId: row.requestId,
      traceId: row.traceId,
      events: row.events.filter(({ aggregateId }) => aggregateId === after._id).map(({ name }) => name),
      ...(before && { documentBefore: before }),
    },
  }));

const nothingRecorded: Recorded = { changes: [], events: [], revisions: [] };

/** Creates the journal rows of a write set, one for each tenant, and the record of its idempotency key. */
export const toCommitRecords = <T>(
  ctx: Ctx,
  tenants: ReadonlyMap<string, Recorded>,
  { metadata, result, clock, ids }: Deps & { readonly metadata: CommitMetadata<T>; readonly result: T },
): CommitRecords => {
  const { operation, idempotency, consumes, skipsJournal } = metadata;
  if (skipsJournal) {
    const isOfWritesOnly = [...tenants.values()].every(
      ({ events, revisions }) => events.length + revisions.length === 0,
    );
    if (isOfWritesOnly && !idempotency && consumes === undefined) return { rows: [] };
    throw new TypeError(
      `'${operation}' skips the journal, so it can have no events, no history, no idempotency key and no message.`,
    );
  }
  const at = clock.now();
  const toRow = (tenantId: string, { changes, events }: Recorded): JournalRow => ({
    _id: ids.next(),
    tenantId,
    at,
    actor: { kind: ctx.actor.kind, id: ctx.actor.id },
    requestId: ctx.requestId,
    ...toTraceFields(ctx.trace),
    operation,
    changes: changes as JournalChange[],
    events: events as JournalRow['events'],
  });
  const own = tenants.get(ctx.tenantId) ?? nothingRecorded;
  const row = { ...toRow(ctx.tenantId, own), ...(consumes !== undefined && { consumed: consumes }) };
  const others = [...tenants].filter(([tenantId]) => tenantId !== ctx.tenantId);
  const all = [
    { recorded: own, row },
    ...others.map(([tenantId, recorded]) => ({ recorded, row: toRow(tenantId, recorded) })),
  ];
  const records = {
    rows: all.map((tenant) => tenant.row),
    history: all.flatMap((tenant) => toHistory(tenant.recorded, tenant.row, ids)),
  };
  if (!idempotency) return records;
  const { key, fingerprint, toResponse } = idempotency;
  return { ...records, keyRecord: { tenantId: ctx.tenantId, key, fingerprint, response: toResponse(result) } };
};

// MongoDB interprets a key that begins with `$` as an operator.
const withoutDollars = (value: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name.replace(/^\$/, ''),
      typeof field === 'object' && field !== null && !Array.isArray(field) && !(field instanceof Date)
        ? withoutDollars(field as object)
        : field,
    ]),
  );

const getChangedFields = (change: object): string[] =>
  Object.values(change).flatMap((fields: object | undefined) => Object.keys(fields ?? {}));

const pick = (document: object, names: readonly string[]): Record<string, unknown> => {
  const fields: Record<string, unknown> = {};
  for (const name of names) {
    const value = (document as Record<string, unknown>)[name];
    if (value !== undefined) fields[name] = value;
  }
  return fields;
};

/** Creates the functions that describe the writes of a collection for the journal. */
export const createJournalChanges = (definition: Pick<CollectionDefinition, 'name' | 'schema'>) => {
  const redact = createRedactor(definition.schema);
  const collection = definition.name;
  return {
    inserted: (document: Entity): JournalChange => ({
      kind: 'insert',
      collection,
      id: document._id,
      version: document.version,
      after: redact(document),
    }),
    updated: (before: Entity, after: Entity, change: object): JournalChange => {
      const names = getChangedFields(change);
      const { _id: id, version } = after;
      const [old, now] = [redact(pick(before, names)), redact(pick(after, names))];
      return { kind: 'update', collection, id, version, before: old, after: now };
    },
    changedWhere: <D extends Entity>(where: object, change: Change<D>): JournalChange => ({
      kind: 'update',
      collection,
      where: withoutDollars(redact(where)),
      change: withoutDollars(redact(change)),
    }),
    removed: (document: Entity): JournalChange => ({
      kind: 'remove',
      collection,
      id: document._id,
      version: document.version,
      before: redact(document),
    }),
  };
};
