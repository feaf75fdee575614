import { type Clock, type Ctx, type Journal, JournalRow, keyLifetimeMs } from '@plinth/data-kit';
import type { Db } from 'mongodb';
import { remainingMs } from './deadline.ts';
import { translate } from './failures.ts';
import { find } from './find.ts';
import { journalName, keyIndex } from './journal-names.ts';
import type { Primary } from './primary.ts';
import { majority } from './settings.ts';
import type { StoredCollection } from './stored-collection.ts';

const retentionSeconds = 7 * 24 * 60 * 60;

/**
 * The journal as the database is told of it. `byTime` serves those who read it in order, and ends what is a week old;
 * `byEvent` serves those who follow one kind of event.
 */
export const journalCollection: StoredCollection = {
  name: journalName,
  schema: JournalRow,
  indexes: [
    {
      name: keyIndex,
      key: { tenantId: 1, key: 1 },
      unique: true,
      partialFilterExpression: { key: { $exists: true } },
    },
    { name: 'byTime', key: { at: 1 }, expireAfterSeconds: retentionSeconds },
    {
      name: 'byEvent',
      key: { 'events.name': 1, at: 1 },
      partialFilterExpression: { 'events.name': { $exists: true } },
    },
  ],
};

type Parts = { readonly db: Db; readonly clock: Clock; readonly primary: Primary };

const aliveAfter = (clock: Clock): Date => new Date(clock.now().getTime() - keyLifetimeMs);

/**
 * Finds the answers of keys. The read is linearizable, because the row that a write has just met may not have reached a
 * majority yet: a majority read would not see it, and a local one could show an answer that is then rolled back.
 */
export const createJournal = (parts: Parts): Journal => ({
  find: async (ctx, key) => {
    const filter = { tenantId: ctx.tenantId, key, at: { $gt: aliveAfter(parts.clock) } };
    const [row] = (await find(
      { find: journalName, filter, limit: 1, readConcern: { level: 'linearizable' } },
      { ...parts, ctx },
    )) as unknown as JournalRow[];
    return row?.fingerprint !== undefined && row.response
      ? { fingerprint: row.fingerprint, response: row.response }
      : undefined;
  },
});

type KeyedRow = Pick<JournalRow, 'tenantId' | 'key'>;

/** A key with its tenant, in which alone it is unique. */
export const keyOfRow = ({ tenantId, key }: KeyedRow): string => `${tenantId} ${key}`;

/** Those of the keys of some rows that are in use, as this server knows it: what it says decides no answer. */
export const usedKeys = async (rows: readonly KeyedRow[], ctx: Ctx, parts: Parts): Promise<Set<string>> => {
  const byTenant = [...Map.groupBy(rows, ({ tenantId }) => tenantId)].map(([tenantId, own]) => ({
    tenantId,
    key: { $in: own.map(({ key }) => key) },
    at: { $gt: aliveAfter(parts.clock) },
  }));
  const command = { find: journalName, filter: { $or: byTenant }, limit: rows.length, batchSize: rows.length };
  const projection = { tenantId: 1, key: 1 };
  const found = await find({ ...command, projection, readConcern: { level: 'local' } }, { ...parts, ctx });
  return new Set((found as unknown as KeyedRow[]).map(keyOfRow));
};

/** Frees a key whose day is over. @returns whether there was one to free. */
export const releaseKey = async (ctx: Ctx, key: string, { db, clock }: Omit<Parts, 'primary'>): Promise<boolean> => {
  const options = { writeConcern: majority, maxTimeMS: remainingMs(ctx, clock) };
  const expired = { tenantId: ctx.tenantId, key, at: { $lte: aliveAfter(clock) } };
  try {
    const { modifiedCount } = await db.collection(journalName).updateOne(expired, { $unset: { key: 1 } }, options);
    return modifiedCount === 1;
  } catch (cause) {
    throw translate(cause);
  }
};
