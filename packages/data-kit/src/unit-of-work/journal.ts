import { Id } from '@plinth/contract-kit';
import { z } from 'zod';
import type { CollectionDefinition } from '../collections/collection.ts';
import type { Change, Entity } from '../collections/entity.ts';
import type { Clock, Ctx, Ids } from '../context/context.ts';
import type { EmittedEvent } from './events.ts';
import { createRedactor } from './redacted-fields.ts';

const Fields = z.record(z.string(), z.unknown());

/** An answer as it was sent, so that it can be sent again byte for byte. */
export const StoredResponse = z.object({
  status: z.int().min(200).max(499),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});
export type StoredResponse = z.infer<typeof StoredResponse>;

/**
 * One recorded write as the audit sees it. Classified values are replaced by their class. A write that was decided by
 * its condition alone has no values to show: it names condition and change instead of `before` and `after`.
 */
export const JournalChange = z.object({
  kind: z.enum(['insert', 'update', 'remove']),
  collection: z.string(),
  id: z.string().optional(),
  /** That of the document after the write; of a removed one, its last. */
  version: z.int().optional(),
  before: Fields.optional(),
  after: Fields.optional(),
  where: Fields.optional(),
  change: Fields.optional(),
});
export type JournalChange = z.infer<typeof JournalChange>;

/**
 * The metadata of one write set, committed with it: who, when, what changed, which events, and for a keyed call its key,
 * fingerprint and answer. Outbox, audit source and idempotency store are this row.
 */
export const JournalRow = z.object({
  _id: Id,
  tenantId: Id,
  at: z.date(),
  actor: z.object({ kind: z.string(), id: z.string() }),
  requestId: z.string(),
  traceId: z.string(),
  operation: z.string().min(1),
  changes: z.array(JournalChange),
  events: z.array(z.object({ id: Id, name: z.string(), aggregateId: z.string(), payload: Fields })),
  key: z.string().optional(),
  fingerprint: z.string().optional(),
  response: StoredResponse.optional(),
});
export type JournalRow = z.infer<typeof JournalRow>;

/** For how long a key finds its answer. */
export const keyLifetimeMs = 24 * 60 * 60 * 1000;

/** What a call with an idempotency key has left behind. */
export type IdempotencyRecord = { readonly fingerprint: string; readonly response: StoredResponse };

/** The key of the write set has been used: another set, with its own answer, was committed first. */
export class IdempotencyKeyConflict extends Error {
  override readonly name = 'IdempotencyKeyConflict';

  constructor(options?: { cause?: unknown }) {
    super('The idempotency key has been used already.', options);
  }
}

/** What a unit of work is told about the call that it serves; it becomes part of the journal row. */
export type CommitMetadata<T> = {
  /** The operation id. */
  readonly operation: string;
  /** Of a call that may be repeated: under which key its answer is kept. */
  readonly keyed?: IdempotencyOptions<T> | undefined;
};

export type IdempotencyOptions<T> = {
  /** Unique in its tenant; it names subject and route too. */
  readonly key: string;
  /** Equal for equal calls. */
  readonly fingerprint: string;
  readonly toResponse: (result: T) => StoredResponse;
};

/** What was kept of calls with a key. */
export type Journal = {
  /** What a majority holds under a key that is not older than a day. */
  find(ctx: Ctx, key: string): Promise<IdempotencyRecord | undefined>;
};

type Parts = { readonly clock: Clock; readonly ids: Ids };
type Recorded = { readonly changes: readonly JournalChange[]; readonly events: readonly EmittedEvent[] };

/** The journal row of a write set. */
export const toJournalRow = <T>(
  ctx: Ctx,
  { changes, events }: Recorded,
  { metadata, result, clock, ids }: Parts & { readonly metadata: CommitMetadata<T>; readonly result: T },
): JournalRow => {
  const { operation, keyed } = metadata;
  const row: JournalRow = {
    _id: ids.next(),
    tenantId: ctx.tenantId,
    at: clock.now(),
    actor: { kind: ctx.actor.kind, id: ctx.actor.id },
    requestId: ctx.requestId,
    traceId: ctx.trace.traceId,
    operation,
    changes: changes as JournalChange[],
    events: events as JournalRow['events'],
  };
  if (!keyed) return row;
  return { ...row, key: keyed.key, fingerprint: keyed.fingerprint, response: keyed.toResponse(result) };
};

// A database takes a key that begins with `$` for an operator.
const withoutDollars = (value: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name.replace(/^\$/, ''),
      typeof field === 'object' && field !== null && !Array.isArray(field) && !(field instanceof Date)
        ? withoutDollars(field as object)
        : field,
    ]),
  );

const touchedBy = (change: object): string[] =>
  Object.values(change).flatMap((fields: object | undefined) => Object.keys(fields ?? {}));

const pick = (document: object, names: readonly string[]): Record<string, unknown> => {
  const fields: Record<string, unknown> = {};
  for (const name of names) {
    const value = (document as Record<string, unknown>)[name];
    if (value !== undefined) fields[name] = value;
  }
  return fields;
};

/** Makes what tells the writes of a collection to the journal. */
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
      const names = touchedBy(change);
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
