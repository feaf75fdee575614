import type { Ctx, TraceBatch } from '@plinth/data-kit';
import DataLoader from 'dataloader';
import type { Document } from 'mongodb';
import { isCausedByNoPrimary } from '../mongo-errors.ts';
import { find, type ReadDeps } from './find.ts';

type PointRead = { readonly id: string; readonly ctx: Ctx };

/** Returns the document with an id in the tenant of `ctx`, as it is when the read is sent. */
export type ReadById = (collection: string, id: string, ctx: Ctx) => Promise<Document | undefined>;

/** One command reads at most this many documents. */
export const pointsMax = 64;

type PointReadDeps = ReadDeps & { readonly traceBatch: TraceBatch | undefined };

const readAlone = async (collection: string, { id, ctx }: PointRead, deps: PointReadDeps) => {
  const command = { find: collection, filter: { _id: id, tenantId: ctx.tenantId }, limit: 1 };
  const [document] = await find(command, { ...deps, ctx });
  return document;
};

/** Reads documents of one tenant with one command. Returns undefined on failure, which a single one of the reads may cause. */
const readTogether = async (collection: string, reads: readonly PointRead[], deps: PointReadDeps) => {
  const [{ ctx }] = reads as [PointRead];
  const ids = [...new Set(reads.map(({ id }) => id))];
  const filter = { _id: { $in: ids }, tenantId: ctx.tenantId };
  // A batch has the latest deadline of its reads, and no caller's disconnect aborts it.
  const deadline = Math.max(...reads.map((read) => read.ctx.deadline));
  const shared: Ctx = { ...ctx, deadline, signal: new AbortController().signal };
  try {
    const command = { find: collection, filter, limit: ids.length, batchSize: ids.length };
    const documents = await find(command, { ...deps, ctx: shared });
    return new Map(documents.map((document) => [document['_id'], document]));
  } catch (reason) {
    if (isCausedByNoPrimary(reason)) throw reason;
    return undefined;
  }
};

/** Returns a document, undefined or an error for each read, in their order. */
const readBatch = async (collection: string, reads: readonly PointRead[], deps: PointReadDeps) => {
  const now = deps.clock.now().getTime();
  const waiting = new Set(reads.filter(({ ctx }) => !ctx.signal.aborted && ctx.deadline > now));
  const documents = waiting.size > 1 ? await readTogether(collection, [...waiting], deps) : undefined;
  const resolved = new Set<string>();
  return Promise.all(
    reads.map(async (read) => {
      // A read whose caller has disconnected or whose deadline has passed fails here, before it is sent.
      if (!documents || !waiting.has(read)) return readAlone(collection, read, deps).catch((reason: Error) => reason);
      const document = documents.get(read.id);
      if (!resolved.has(read.id)) {
        resolved.add(read.id);
        return document;
      }
      // A second reader of a document gets a copy, because each may change its own.
      return structuredClone(document);
    }),
  );
};

/**
 * Creates reads by id that share commands: those of one turn of the event loop, tenant and collection are sent together.
 * Nothing is cached: a read joins only a batch that has not been sent, so it is as fresh as a separate read.
 */
export const createPointReads = (deps: PointReadDeps): ReadById => {
  const { traceBatch } = deps;
  const loaders = new Map<string, DataLoader<PointRead, Document | undefined>>();
  const createLoader = (collection: string, key: string) =>
    new DataLoader<PointRead, Document | undefined>(
      (reads) => {
        loaders.delete(key);
        const work = () => readBatch(collection, reads, deps);
        return traceBatch
          ? traceBatch(
              'read',
              reads.map(({ ctx }) => ctx),
              work,
            )
          : work();
      },
      // A microtask would run before the other requests of this turn have added their reads.
      { cache: false, maxBatchSize: pointsMax, batchScheduleFn: setImmediate },
    );
  return (collection, id, ctx) => {
    const key = `${collection} ${ctx.tenantId}`;
    const loader = loaders.get(key) ?? createLoader(collection, key);
    loaders.set(key, loader);
    return loader.load({ id, ctx });
  };
};
