import { isDeepStrictEqual } from 'node:util';
import {
  assertBackfilled,
  type Backfill,
  type ContractPhase,
  type DocumentBackfill,
  type StoredDocument,
} from '@plinth/data-kit';
import { type Document, MongoServerError } from 'mongodb';
import { type BatchScope, createStopError, perSecondDefault, type Scan, toConstraintError } from './batch.ts';
import { scanTenants } from './scan-tenants.ts';

const batchSizeDefault = 200;

/** The number of documents that one batch examines at most, so that no batch takes long. */
const examinedMax = 5000;

type DocumentScan = {
  readonly name: string;
  readonly collection: string;
  /** Matches the documents that need the change, and no document that already has it. */
  readonly filter: Document;
  /** Selects among the matching documents, when a filter cannot express which of them need the change. */
  readonly isOutdated?: (document: StoredDocument) => boolean;
  readonly batchSize: number;
  readonly toUpdate: (document: StoredDocument, now: Date) => Document;
};

const byId = { _id: 1 } as const;

const findNext = async (scan: DocumentScan, { db, session }: BatchScope, position: string) => {
  const collection = db.collection<StoredDocument>(scan.collection);
  const options = { hint: byId, sort: byId, ...(session && { session }) };
  const after = { _id: { $gt: position } };
  // The last document that this batch may examine.
  const [end] = await collection
    .find(after, { ...options, projection: byId, skip: examinedMax - 1, limit: 1 })
    .toArray();
  const range = { _id: { $gt: position, ...(end && { $lte: end._id }) } };
  const documents = await collection
    .find({ $and: [range, scan.filter] }, { ...options, limit: scan.batchSize })
    .toArray();
  return { documents, next: documents.length === scan.batchSize ? documents.at(-1)?._id : end?._id };
};

const write = async (scan: DocumentScan, documents: readonly StoredDocument[], { db, clock, session }: BatchScope) => {
  const { name, collection, filter } = scan;
  const now = clock.now();
  const options = { ...(session && { session }), ignoreUndefined: true };
  const toStoppedAt = (id: unknown) => ({ migration: name, document: `the document ${String(id)} of '${collection}'` });
  const updates = documents.map((document) => ({
    q: { $and: [{ _id: document._id }, filter] },
    u: scan.toUpdate(document, now),
  }));
  const response = await db.command({ update: collection, updates, ordered: true }, options);
  const [failure] = (response['writeErrors'] ?? []) as { index: number; code: number; errmsg: string }[];
  if (failure) {
    const stoppedAt = toStoppedAt(documents[failure.index]?._id);
    throw toConstraintError(failure, stoppedAt) ?? new MongoServerError({ ...failure, message: failure.errmsg });
  }
  const stillMatching = { $and: [{ _id: { $in: documents.map(({ _id }) => _id) } }, filter] };
  const rest = await db.collection<StoredDocument>(collection).find(stillMatching, options).toArray();
  const unchanged = rest.find(scan.isOutdated ?? (() => true));
  if (unchanged) {
    throw createStopError('The document still matches `needs` after the change.', toStoppedAt(unchanged._id));
  }
};

const scanDocuments =
  (scan: DocumentScan): Scan['batch'] =>
  async (scope, position) => {
    const { documents, next } = await findNext(scan, scope, position);
    const outdated = scan.isOutdated ? documents.filter(scan.isOutdated) : documents;
    if (scope.session && outdated.length > 0) await write(scan, outdated, scope);
    return { changed: outdated.length, next };
  };

const toFilter = ({ needs }: DocumentBackfill): Document => {
  if ('missing' in needs) return { $or: needs.missing.map((field) => ({ [field]: { $exists: false } })) };
  return 'where' in needs ? needs.where : {};
};

const toOutdatedTest = ({ needs, change }: DocumentBackfill): Pick<DocumentScan, 'isOutdated'> => {
  if (!('outdated' in needs)) return {};
  return {
    isOutdated: (document) => {
      const fields = change(document);
      return needs.outdated.some((field) => !isDeepStrictEqual(document[field], fields[field]));
    },
  };
};

const createUpdate =
  ({ name, change, visible = false }: DocumentBackfill): DocumentScan['toUpdate'] =>
  (document, now) => {
    const fields = change(document);
    assertBackfilled(name, fields);
    // A change that no client sees keeps the version, so that ETags stay valid.
    if (!visible) return { $set: fields };
    return { $set: { ...fields, updatedAt: now }, $inc: { version: 1 } };
  };

/** Creates the scan of a backfill. */
export const createScan = (backfill: Backfill): Scan => {
  const { collection, perSecond = perSecondDefault } = backfill;
  if ('forTenant' in backfill) return { collection, perSecond, batch: scanTenants(backfill) };
  const { name, batchSize = batchSizeDefault } = backfill;
  const filter = toFilter(backfill);
  return {
    collection,
    perSecond,
    batch: scanDocuments({
      name,
      collection,
      filter,
      batchSize,
      toUpdate: createUpdate(backfill),
      ...toOutdatedTest(backfill),
    }),
  };
};

/** Creates the scan that removes the fields of a contract phase from every document. Clients no longer see them. */
export const createRemovalScan = ({ name, collection, removes = [], ...pace }: ContractPhase): Scan => ({
  collection,
  perSecond: pace.perSecond ?? perSecondDefault,
  batch: scanDocuments({
    name,
    collection,
    filter: { $or: removes.map((field) => ({ [field]: { $exists: true } })) },
    batchSize: pace.batchSize ?? batchSizeDefault,
    toUpdate: () => ({ $unset: Object.fromEntries(removes.map((field) => [field, true])) }),
  }),
});
