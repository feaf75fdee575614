import {
  type Ctx,
  getLifetimeMs,
  IdempotencyKeyConflict,
  type Journal,
  type KeyRecord,
  StoredResponse,
} from '@plinth/data-kit';
import type { Document } from 'mongodb';
import { z } from 'zod';
import type { StoredCollection } from '../collections/stored-collection.ts';
import type { Statement } from '../commit/statements.ts';
import { find, type ReadDeps } from '../reads/find.ts';
import { keysName } from './journal-names.ts';
import { createPreviousKeys } from './previous-keys.ts';

/** Keys are removed this long after they expire, so that no clock of a server can remove one that is valid. */
const removedAfterSeconds = 60 * 60;

/** The idempotency keys and their responses, apart from the journal: they are few bytes, and kept for hours. */
export const keysCollection: StoredCollection = {
  name: keysName,
  schema: z.object({
    /** The tenant and the key, so that no further index is needed. */
    _id: z.string(),
    tenantId: z.string(),
    fingerprint: z.string(),
    response: StoredResponse,
    expiresAt: z.date(),
  }),
  indexes: [{ name: 'expiry', key: { expiresAt: 1 }, expireAfterSeconds: removedAfterSeconds }],
};

type Keyed = Pick<KeyRecord, 'tenantId' | 'key'>;

/** Returns the id of a key: unique, because neither the tenant nor the subject in front of a key has a space. */
export const toKeyId = ({ tenantId, key }: Keyed): string => `${tenantId} ${key}`;

/** By the time of the server. The clocks of processes may differ. */
const isValid: Document = { $gt: ['$expiresAt', '$$NOW'] };

/** Keeps a record that is valid, and replaces one that has expired. */
const toUpsert = (record: KeyRecord): Document => {
  const { tenantId, fingerprint, response } = record;
  const _id = toKeyId(record);
  // A literal, because a response may contain `$`.
  const stored = { $literal: { _id, tenantId, fingerprint, response } };
  const expiresAt = { $add: ['$$NOW', getLifetimeMs(response)] };
  const next = { $mergeObjects: [stored, { expiresAt }] };
  return {
    q: { _id, tenantId },
    u: [{ $replaceWith: { $cond: [isValid, '$$ROOT', next] } }],
    upsert: true,
  };
};

/** Creates the command that stores the keys of a transaction, if it has any. A key that is in use is not changed, which fails it. */
export const toKeyStatements = (records: readonly (KeyRecord | undefined)[]): Statement[] => {
  const updates = records.filter((record) => record !== undefined).map(toUpsert);
  if (updates.length === 0) return [];
  const createError = () => new IdempotencyKeyConflict();
  // The response does not show whose key is in use: a look-up does.
  return [
    { command: { update: keysName, updates }, expected: updates.length, createError, owners: [], storesKeys: true },
  ];
};

/**
 * Creates the lookup of idempotency records. The read is linearizable: a majority read would not see a record that a commit
 * has just collided with, and a local read could return one that is rolled back later.
 */
export const createJournal = (deps: ReadDeps): Journal => {
  const findPrevious = createPreviousKeys(deps);
  return {
    find: async (ctx, key) => {
      const { tenantId } = ctx;
      const filter = { _id: toKeyId({ tenantId, key }), tenantId, $expr: isValid };
      const command = { find: keysName, filter, limit: 1, readConcern: { level: 'linearizable' } };
      const [stored] = await find(command, { ...deps, ctx });
      if (stored) return { fingerprint: stored['fingerprint'], response: stored['response'] };
      return findPrevious(ctx, key);
    },
  };
};

/** Returns the ids of the keys that are in use. The read is local, because no response depends on it. */
export const findUsedKeys = async (keys: readonly Keyed[], ctx: Ctx, deps: ReadDeps): Promise<Set<string>> => {
  const command = {
    find: keysName,
    filter: {
      _id: { $in: keys.map(toKeyId) },
      tenantId: { $in: [...new Set(keys.map(({ tenantId }) => tenantId))] },
      $expr: isValid,
    },
    projection: { _id: 1 },
    limit: keys.length,
    batchSize: keys.length,
    readConcern: { level: 'local' },
  };
  return new Set((await find(command, { ...deps, ctx })).map(({ _id }) => String(_id)));
};
