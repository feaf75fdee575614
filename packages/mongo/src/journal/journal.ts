import { type Ctx, type Journal, JournalRow, keyLifetimeMs } from '@plinth/data-kit';
import { type Document, Timestamp } from 'mongodb';
import { z } from 'zod';
import type { StoredCollection } from '../collections/stored-collection.ts';
import { remainingMs } from '../deadline.ts';
import { toApiError } from '../mongo-errors.ts';
import { find, type ReadDeps } from '../reads/find.ts';
import { majority } from '../settings.ts';
import { journalName, keyField } from './journal-names.ts';

const retentionSeconds = 7 * 24 * 60 * 60;

/** The journal: transactional outbox, audit log and idempotency record in one. */
export const journalCollection: StoredCollection = {
  name: journalName,
  // A timestamp of BSON. Rows of earlier releases have none.
  schema: JournalRow.extend({ keyedAt: z.unknown().optional() }),
  indexes: [
    {
      name: 'byKey',
      key: { tenantId: 1, [keyField]: 1 },
      unique: true,
      partialFilterExpression: { key: { $exists: true } },
    },
    // Serves readers in the order of time, and expires rows.
    { name: 'byTime', key: { at: 1 }, expireAfterSeconds: retentionSeconds },
    // Serves subscribers of one kind of event.
    {
      name: 'byEvent',
      key: { 'events.name': 1, at: 1 },
      partialFilterExpression: { 'events.name': { $exists: true } },
    },
  ],
};

/** The server replaces an empty timestamp by its time. The clocks of processes may differ. */
const serverTime = new Timestamp({ t: 0, i: 0 });

/** Returns the document of a row, with the time of the server when it has a key. */
export const toStoredRow = (row: JournalRow): Document =>
  row.key === undefined ? row : { ...row, keyedAt: serverTime };

/** Compares the time of a key with that of the server a lifetime ago. */
const compareKeyTime = (operator: '$gt' | '$lte'): Document => ({
  $expr: {
    [operator]: [{ $ifNull: [{ $toDate: '$keyedAt' }, '$at'] }, { $subtract: ['$$NOW', keyLifetimeMs] }],
  },
});
const isValid = compareKeyTime('$gt');
const isExpired = compareKeyTime('$lte');

/**
 * Creates the lookup of idempotency records. The read is linearizable: a majority read would not see a row that a commit
 * has just collided with, and a local read could return one that is rolled back later.
 */
export const createJournal = (deps: ReadDeps): Journal => ({
  find: async (ctx, key) => {
    const filter = { tenantId: ctx.tenantId, key, ...isValid };
    const command = { find: journalName, filter, limit: 1, readConcern: { level: 'linearizable' } };
    const [row] = (await find(command, { ...deps, ctx })) as unknown as JournalRow[];
    return row?.fingerprint !== undefined && row.answer
      ? { fingerprint: row.fingerprint, response: row.answer }
      : undefined;
  },
});

type KeyedRow = Pick<JournalRow, 'tenantId' | 'key'>;

/** Returns a key with its tenant, in which it is unique. */
export const toRowKey = ({ tenantId, key }: KeyedRow): string => `${tenantId} ${key}`;

/** Returns the keys of rows that are in use. The read is local, because no response depends on it. */
export const findUsedKeys = async (rows: readonly KeyedRow[], ctx: Ctx, deps: ReadDeps): Promise<Set<string>> => {
  const filters = [...Map.groupBy(rows, ({ tenantId }) => tenantId)].map(([tenantId, rowsOfTenant]) => ({
    tenantId,
    key: { $in: rowsOfTenant.map(({ key }) => key) },
  }));
  const command = {
    find: journalName,
    filter: { $or: filters, ...isValid },
    projection: { tenantId: 1, key: 1 },
    limit: rows.length,
    batchSize: rows.length,
    readConcern: { level: 'local' },
  };
  return new Set(((await find(command, { ...deps, ctx })) as unknown as KeyedRow[]).map(toRowKey));
};

/** Frees the key of a row when it has expired. Returns whether it had. */
export const releaseExpiredKey = async (
  { ctx, row: { key } }: { readonly ctx: Ctx; readonly row: KeyedRow },
  { db, clock }: ReadDeps,
): Promise<boolean> => {
  if (key === undefined) return false;
  const options = { writeConcern: majority, maxTimeMS: remainingMs(ctx, clock) };
  const expired = { tenantId: ctx.tenantId, key, ...isExpired };
  try {
    const { modifiedCount } = await db.collection(journalName).updateOne(expired, { $unset: { key: 1 } }, options);
    return modifiedCount === 1;
  } catch (cause) {
    throw toApiError(cause);
  }
};
