import { isDeepStrictEqual } from 'node:util';
import {
  assertBackfilled,
  type Backfill,
  type ContractPhase,
  type DocumentBackfill,
  type StoredDocument,
} from '@plinth/data-kit';
import { type Document, MongoServerError } from 'mongodb';
import { type BatchScope, perSecondDefault, type Scan, toRefusal, toStopped } from './batch.ts';
import { scanTenants } from './scan-tenants.ts';

const batchSizeDefault = 200;

/** How many ids one batch passes at most, however few of them need a change: so no batch takes long. */
const stride = 5000;

type Documents = {
  readonly name: string;
  readonly collection: string;
  /** Fits the documents that still need the change, and none that has it. */
  readonly filter: Document;
  /** Decides among the documents that the filter fits, where a filter cannot. */
  readonly isOutdated?: (document: StoredDocument) => boolean;
  readonly batchSize: number;
  readonly updateOf: (document: StoredDocument, now: Date) => Document;
};

const byId = { _id: 1 } as const;

const nextDocuments = async (walk: Documents, { db, session }: BatchScope, position: string) => {
  const collection = db.collection<StoredDocument>(walk.collection);
  const options = { hint: byId, sort: byId, ...(session && { session }) };
  const after = { _id: { $gt: position } };
  const [end] = await collection.find(after, { ...options, projection: byId, skip: stride - 1, limit: 1 }).toArray();
  const range = { _id: { $gt: position, ...(end && { $lte: end._id }) } };
  const found = await collection.find({ $and: [range, walk.filter] }, { ...options, limit: walk.batchSize }).toArray();
  return { found, next: found.length === walk.batchSize ? found.at(-1)?._id : end?._id };
};

const write = async (walk: Documents, found: readonly StoredDocument[], { db, clock, session }: BatchScope) => {
  const { name, collection, filter } = walk;
  const now = clock.now();
  const options = { ...(session && { session }), ignoreUndefined: true };
  const placeOf = (id: unknown) => ({ name, at: `the document ${String(id)} of '${collection}'` });
  const updates = found.map((document) => ({
    q: { $and: [{ _id: document._id }, filter] },
    u: walk.updateOf(document, now),
  }));
  const answer = await db.command({ update: collection, updates, ordered: true }, options);
  const [failure] = (answer['writeErrors'] ?? []) as { index: number; code: number; errmsg: string }[];
  if (failure) {
    const place = placeOf(found[failure.index]?._id);
    throw toRefusal(failure, place) ?? new MongoServerError({ ...failure, message: failure.errmsg });
  }
  const changed = { $and: [{ _id: { $in: found.map(({ _id }) => _id) } }, filter] };
  const after = await db.collection<StoredDocument>(collection).find(changed, options).toArray();
  const left = after.find(walk.isOutdated ?? (() => true));
  if (left) throw toStopped('It still needs the change after it has got it.', placeOf(left._id));
};

const walkDocuments =
  (walk: Documents): Scan['batch'] =>
  async (scope, position) => {
    const { found, next } = await nextDocuments(walk, scope, position);
    const outdated = walk.isOutdated ? found.filter(walk.isOutdated) : found;
    if (scope.session && outdated.length > 0) await write(walk, outdated, scope);
    return { changed: outdated.length, next };
  };

const filterOf = ({ needs }: DocumentBackfill): Document => {
  if ('missing' in needs) return { $or: needs.missing.map((field) => ({ [field]: { $exists: false } })) };
  return 'where' in needs ? needs.where : {};
};

const outdatedOf = ({ needs, change }: DocumentBackfill): Pick<Documents, 'isOutdated'> => {
  if (!('outdated' in needs)) return {};
  return {
    isOutdated: (document) => {
      const fields = change(document);
      return needs.outdated.some((field) => !isDeepStrictEqual(document[field], fields[field]));
    },
  };
};

const updateOf =
  ({ name, change, visible = false }: DocumentBackfill): Documents['updateOf'] =>
  (document, now) => {
    const fields = change(document);
    assertBackfilled(name, fields);
    // Fields that no client sees leave the version alone: an ETag stays true, and so does what was read before.
    if (!visible) return { $set: fields };
    return { $set: { ...fields, updatedAt: now }, $inc: { version: 1 } };
  };

/** The walk of a backfill. */
export const createScan = (backfill: Backfill): Scan => {
  const { collection, perSecond = perSecondDefault } = backfill;
  if ('forTenant' in backfill) return { collection, perSecond, batch: scanTenants(backfill) };
  const { name, batchSize = batchSizeDefault } = backfill;
  const filter = filterOf(backfill);
  return {
    collection,
    perSecond,
    batch: walkDocuments({
      name,
      collection,
      filter,
      batchSize,
      updateOf: updateOf(backfill),
      ...outdatedOf(backfill),
    }),
  };
};

/** The walk that takes the fields of a contract out of every document. Clients have not seen them since its expand. */
export const createRemovalScan = ({ name, collection, removes = [], ...pace }: ContractPhase): Scan => ({
  collection,
  perSecond: pace.perSecond ?? perSecondDefault,
  batch: walkDocuments({
    name,
    collection,
    filter: { $or: removes.map((field) => ({ [field]: { $exists: true } })) },
    batchSize: pace.batchSize ?? batchSizeDefault,
    updateOf: () => ({ $unset: Object.fromEntries(removes.map((field) => [field, true])) }),
  }),
});
