import { JournalRow, type KeyRecord, StoredResponse } from '@plinth/data-kit';
import { type Document, Timestamp } from 'mongodb';
import { z } from 'zod';
import type { StoredCollection } from '../collections/stored-collection.ts';
import { journalName } from './journal-names.ts';

/** The journal: transactional outbox and audit log in one. */
export const journalCollection: StoredCollection = {
  name: journalName,
  schema: JournalRow.extend({
    // A timestamp of BSON: rows in its order are in the order of their commits, as far as one depends on another. Rows of the
    // previous release have none.
    storedAt: z.unknown().optional(),
    // The fields by which the previous release stores idempotency keys.
    key: z.string().optional(),
    fingerprint: z.string().optional(),
    answer: StoredResponse.optional(),
    keyedAt: z.unknown().optional(),
    /** Set when every reader has passed the row, after seven days. */
    expiresAt: z.date().optional(),
  }),
  indexes: [
    // Serves audits, which read the rows of a tenant in the order of time.
    { name: 'byTenant', key: { tenantId: 1, at: 1 } },
    // Serves readers in the order of the commits, when they cannot continue with a change stream.
    { name: 'inOrder', key: { storedAt: 1 } },
    // Serves subscribers of one kind of event.
    {
      name: 'byEvent',
      key: { 'events.name': 1, at: 1 },
      partialFilterExpression: { 'events.name': { $exists: true } },
    },
    // Removes rows.
    {
      name: 'expired',
      key: { expiresAt: 1 },
      expireAfterSeconds: 0,
      partialFilterExpression: { expiresAt: { $exists: true } },
    },
  ],
  // It removed rows after seven days, also those that no reader had passed.
  formerIndexes: ['byTime'],
};

/** The server replaces an empty timestamp by its time. The clocks of processes may differ. */
const serverTime = new Timestamp({ t: 0, i: 0 });

/**
 * Returns the document of a row. For the release that stores keys in journal rows, it has the key of a success: a repetition
 * that a process of that release executes while this one is rolled out fails, instead of taking effect again.
 */
export const toStoredRow = (row: JournalRow, keyRecord?: KeyRecord): Document => ({
  ...row,
  storedAt: serverTime,
  ...(keyRecord && keyRecord.response.status < 400 && { key: keyRecord.key, keyedAt: serverTime }),
});
