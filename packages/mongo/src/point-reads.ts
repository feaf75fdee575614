import type { Clock, Ctx, TraceBatch } from '@plinth/data-kit';
import type { Db, Document } from 'mongodb';
import { remainingMs } from './deadline.ts';
import { tellsOfGone } from './failures.ts';
import { find, findRaw, readerOf } from './find.ts';
import type { Primary } from './primary.ts';
import { createTurnQueue, type Waiting } from './turn-queue.ts';

/** One document that is asked for: what its command would match by itself. */
type Point = { readonly _id: string; readonly tenantId: string };

type Reader = Point & Waiting & { readonly resolve: (document: Document | undefined) => void };

export type PointReads = {
  /** The document with an id in the tenant of `ctx`, as it is when the read is sent; none without one. */
  read(collection: string, id: string, ctx: Ctx): Promise<Document | undefined>;
};

/** At most so many documents are asked for by one command. */
export const pointsMax = 64;

/** While so many commands are under way, reads wait, and so make a larger batch of their own. */
const batchesMax = 4;

type Parts = {
  readonly db: Db;
  readonly clock: Clock;
  readonly primary: Primary;
  readonly together?: TraceBatch | undefined;
};

const settleAlone = (collection: string, { _id, tenantId, ctx, resolve, reject }: Reader, parts: Parts) => {
  const command = { find: collection, filter: { _id, tenantId }, limit: 1 };
  return findRaw(command, { ...parts, ctx }).then(
    ([found]) => resolve(found && readerOf(collection)(found)),
    (reason: unknown) => {
      reject(reason);
      if (tellsOfGone(reason)) throw reason;
    },
  );
};

/** Every tenant has a branch of its own, so that no document leaves the database for another tenant than its own. */
const filterOf = (batch: readonly Reader[]): Document => {
  const byTenant = [...Map.groupBy(batch, ({ tenantId }) => tenantId)].map(([tenantId, points]) => ({
    _id: { $in: [...new Set(points.map(({ _id }) => _id))] },
    tenantId,
  }));
  return byTenant.length === 1 ? (byTenant[0] as Document) : { $or: byTenant };
};

const keyOf = ({ tenantId, _id }: Point): string => `${tenantId} ${_id}`;

/** Reads a batch by one command that has as long as its most patient reader. */
const readTogether = async (collection: string, batch: readonly Reader[], parts: Parts) => {
  const [first] = batch as [Reader];
  const deadline = Math.max(...batch.map(({ ctx }) => ctx.deadline));
  // One reader that goes does not take the documents of the others along.
  const ctx = { ...first.ctx, deadline, signal: new AbortController().signal };
  const command = { find: collection, filter: filterOf(batch), limit: batch.length, batchSize: batch.length };
  const found = (await find(command, { ...parts, ctx })) as (Document & Point)[];
  return new Map(found.map((document) => [keyOf(document), document]));
};

/** True for a reader that still waits; another one is told why it waits no longer. */
const stillWaits = ({ ctx, reject }: Reader, { clock }: Parts): boolean => {
  try {
    ctx.signal.throwIfAborted();
    remainingMs(ctx, clock);
    return true;
  } catch (reason) {
    reject(reason);
    return false;
  }
};

const settleTogether = async (collection: string, batch: readonly Reader[], parts: Parts): Promise<void> => {
  let found: Awaited<ReturnType<typeof readTogether>>;
  try {
    found = await readTogether(collection, batch, parts);
  } catch (reason) {
    if (tellsOfGone(reason)) throw reason;
    // What fails for all may be the fault of one: each is read once more by itself.
    await Promise.all(batch.map((waiting) => settleAlone(collection, waiting, parts)));
    return;
  }
  const given = new Set<string>();
  for (const waiting of batch) {
    const key = keyOf(waiting);
    const document = found.get(key);
    // Each reader has a document of its own, which it may change.
    waiting.resolve(document && given.has(key) ? structuredClone(document) : document);
    given.add(key);
  }
};

const settle = async (collection: string, asked: readonly Reader[], parts: Parts): Promise<void> => {
  // What is asked for alone is looked at where it is sent.
  const batch = asked.length === 1 ? asked : asked.filter((waiting) => stillWaits(waiting, parts));
  const [first] = batch;
  if (!first) return;
  return batch.length === 1 ? settleAlone(collection, first, parts) : settleTogether(collection, batch, parts);
};

const createQueue = (collection: string, parts: Parts) =>
  createTurnQueue<Reader>({
    what: 'read',
    runningMax: batchesMax,
    together: parts.together,
    next: (waiting) => ({ batch: waiting.slice(0, pointsMax), rest: waiting.slice(pointsMax) }),
    work: (batch) => settle(collection, batch, parts),
  });

/**
 * Makes what reads documents by their ids: reads of one turn of the event loop travel as one command. A read joins
 * only a batch that has not been sent, so it is as fresh as a read of its own.
 */
export const createPointReads = (parts: Parts): PointReads => {
  const queues = new Map<string, ReturnType<typeof createQueue>>();
  const queueOf = (collection: string) => {
    const queue = queues.get(collection) ?? createQueue(collection, parts);
    queues.set(collection, queue);
    return queue;
  };
  return {
    read: (collection, _id, ctx) =>
      new Promise((resolve, reject) => {
        queueOf(collection)({ _id, tenantId: ctx.tenantId, ctx, resolve, reject });
      }),
  };
};
