import { type Ctx, type IdempotencyRecord, type KeyRecord, keyLifetimeMs } from '@plinth/data-kit';
import { type Document, MongoServerError } from 'mongodb';
import { remainingMs } from '../deadline.ts';
import { duplicateKey, toApiError } from '../mongo-errors.ts';
import { find, type ReadDeps } from '../reads/find.ts';
import { majority } from '../settings.ts';
import { journalName, keyField } from './journal-names.ts';

// The previous release stores keys and responses in journal rows. While its processes run, both releases claim the keys of
// successes by its unique index; it is dropped by `npm run db -- repair --drop-indexes` when none of them runs any more.
const previousIndex = 'byKey';

/** Compares the time of a key with that of the server a lifetime ago. */
const compareKeyTime = (operator: '$gt' | '$lte'): Document => ({
  $expr: {
    [operator]: [{ $ifNull: [{ $toDate: '$keyedAt' }, '$at'] }, { $subtract: ['$$NOW', keyLifetimeMs] }],
  },
});

const badValue = 2;

/** Creates the lookup of the keys that the previous release has stored. It reads nothing without the index. */
export const createPreviousKeys = (deps: ReadDeps) => {
  let isIndexed = true;
  return async (ctx: Ctx, key: string): Promise<IdempotencyRecord | undefined> => {
    if (!isIndexed) return undefined;
    const filter = { tenantId: ctx.tenantId, key, ...compareKeyTime('$gt') };
    const readConcern = { level: 'linearizable' };
    const command = { find: journalName, filter, hint: previousIndex, limit: 1, readConcern };
    try {
      const [row] = await find(command, { ...deps, ctx });
      return row?.['answer'] && { fingerprint: row['fingerprint'], response: row['answer'] };
    } catch (cause) {
      if (!(cause instanceof MongoServerError && cause.code === badValue)) throw cause;
      isIndexed = false;
      return undefined;
    }
  };
};

/** True when a key is taken by a journal row, not by the collection of keys. */
export const isPreviousConflict = ({ cause }: Error): boolean =>
  cause instanceof MongoServerError && cause.code === duplicateKey && keyField in (cause['keyPattern'] ?? {});

/** Frees the key of a journal row when it has expired. Returns whether it had. */
export const releasePreviousKey = async (
  ctx: Ctx,
  { tenantId, key }: KeyRecord,
  { db, clock }: ReadDeps,
): Promise<boolean> => {
  const options = { writeConcern: majority, maxTimeMS: remainingMs(ctx, clock) };
  const expired = { tenantId, key, ...compareKeyTime('$lte') };
  try {
    const { modifiedCount } = await db.collection(journalName).updateOne(expired, { $unset: { key: 1 } }, options);
    return modifiedCount === 1;
  } catch (cause) {
    throw toApiError(cause);
  }
};
