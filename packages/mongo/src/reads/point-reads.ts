import type { Ctx, TraceBatch } from '@plinth/data-kit';
import type { Document } from 'mongodb';
import { createBatchQueue, type Queued } from '../batch-queue.ts';
import { remainingMs } from '../deadline.ts';
import { isCausedByNoPrimary } from '../mongo-errors.ts';
import { find, type ReadDeps } from './find.ts';

type PointRead = Queued & { readonly _id: string; readonly resolve: (document: Document | undefined) => void };

export type PointReads = {
  /** Returns the document with an id in the tenant of `ctx`, as it is when the read is sent. */
  read(collection: string, id: string, ctx: Ctx): Promise<Document | undefined>;
};

/** One command reads at most this many documents. */
export const pointsMax = 64;

/** While this many commands of a collection are in progress, reads wait, which makes the next batch larger. */
const batchesMax = 4;

type PointReadDeps = ReadDeps & { readonly traceBatch: TraceBatch | undefined };

/** Takes the reads of the tenant that waits longest: no command spans tenants. */
const takeBatch = (queued: readonly PointRead[]) => {
  const tenantId = queued[0]?.ctx.tenantId;
  const batch: PointRead[] = [];
  const rest: PointRead[] = [];
  for (const read of queued) (read.ctx.tenantId === tenantId && batch.length < pointsMax ? batch : rest).push(read);
  return { batch, rest };
};

const readAlone = async (collection: string, read: PointRead, deps: PointReadDeps): Promise<void> => {
  const { _id, ctx, resolve, reject } = read;
  const command = { find: collection, filter: { _id, tenantId: ctx.tenantId }, limit: 1 };
  try {
    const [document] = await find(command, { ...deps, ctx });
    resolve(document);
  } catch (reason) {
    reject(reason);
    if (isCausedByNoPrimary(reason)) throw reason;
  }
};

/** Rejects the reads whose caller has disconnected or whose deadline has passed, and returns the others. */
const rejectEnded = (batch: readonly PointRead[], { clock }: PointReadDeps): PointRead[] =>
  batch.filter(({ ctx, reject }) => {
    try {
      ctx.signal.throwIfAborted();
      remainingMs(ctx, clock);
      return true;
    } catch (reason) {
      reject(reason);
      return false;
    }
  });

const readBatch = async (collection: string, batch: readonly PointRead[], deps: PointReadDeps): Promise<Document[]> => {
  const [{ ctx }] = batch as [PointRead];
  const ids = [...new Set(batch.map(({ _id }) => _id))];
  // A batch has the latest deadline of its reads, and no caller's disconnect aborts it.
  const deadline = Math.max(...batch.map((read) => read.ctx.deadline));
  const shared: Ctx = { ...ctx, deadline, signal: new AbortController().signal };
  const filter = { _id: { $in: ids }, tenantId: ctx.tenantId };
  return find({ find: collection, filter, limit: ids.length, batchSize: ids.length }, { ...deps, ctx: shared });
};

const processBatch = async (collection: string, queued: readonly PointRead[], deps: PointReadDeps): Promise<void> => {
  const batch = rejectEnded(queued, deps);
  const [first] = batch;
  if (!first) return;
  if (batch.length === 1) return readAlone(collection, first, deps);
  let documents: Document[];
  try {
    documents = await readBatch(collection, batch, deps);
  } catch (reason) {
    if (isCausedByNoPrimary(reason)) throw reason;
    // One read may have failed them all, so each is sent once more by itself.
    await Promise.all(batch.map((read) => readAlone(collection, read, deps)));
    return;
  }
  const byId = new Map(documents.map((document) => [document['_id'], document]));
  const resolved = new Set<string>();
  for (const { _id, ctx, resolve } of batch) {
    const document = byId.get(_id);
    // A second reader of a document gets a copy, because each may change its own.
    if (document?.['tenantId'] !== ctx.tenantId) resolve(undefined);
    else resolve(resolved.has(_id) ? structuredClone(document) : document);
    resolved.add(_id);
  }
};

/**
 * Creates reads by id that share commands: those of one turn of the event loop, tenant and collection travel together. A
 * read joins only a batch that has not been sent, so it is as fresh as a read of its own.
 */
export const createPointReads = (deps: PointReadDeps): PointReads => {
  const queues = new Map<string, (read: PointRead) => void>();
  const getQueue = (collection: string) => {
    const queue =
      queues.get(collection) ??
      createBatchQueue<PointRead>({
        kind: 'read',
        runningMax: batchesMax,
        traceBatch: deps.traceBatch,
        takeBatch,
        process: (batch) => processBatch(collection, batch, deps),
      });
    queues.set(collection, queue);
    return queue;
  };
  return {
    read: (collection, _id, ctx) =>
      new Promise((resolve, reject) => {
        getQueue(collection)({ _id, ctx, resolve, reject });
      }),
  };
};
