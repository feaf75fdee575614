import { commonErrors } from '@plinth/contract-kit';
import type { Document } from 'mongodb';
import type { Write } from './write.ts';

/** One command of a transaction. */
export type Statement = {
  readonly command: Document;
  /** The number of documents that the command must insert, change or remove. */
  readonly expected: number;
  /** Creates the error for any other number. */
  readonly createError: () => Error;
  /** For each write of the command, the position of its set in the group. */
  readonly owners: readonly number[];
  /** True when the command inserts keys or replaces expired ones, and leaves those that are in use as they are. */
  readonly storesKeys?: true;
  /** True when the command inserts documents, and leaves those that are stored as they are. */
  readonly insertsOnce?: boolean;
};

/** The condition of one of several writes failed. */
export class SomeWriteFailed extends Error {
  override readonly name = 'SomeWriteFailed';
}

/** True when the filter has one id, so that the sum of matches of several such writes shows whether each matched. */
export const hasSingleId = (write: Write): boolean => {
  if (write.kind === 'insert' || write.kind === 'insertOnce') return true;
  const { _id: id } = write.filter as { _id?: unknown };
  return typeof id === 'string' || (typeof id === 'object' && id !== null && '$eq' in id);
};

/**
 * With `multi`, a filter that matches several documents is detected and fails. With `upsert`, an update that matches none is
 * named by its index, in an error or in `upserted`; both abort the transaction, so nothing is inserted.
 */
type UpdateMode = { readonly multi: true } | { readonly upsert: true };

const toUpsert = ({ document: { _id, tenantId, ...fields } }: { readonly document: Document }): Document => ({
  q: { _id, tenantId },
  u: { $setOnInsert: fields },
  upsert: true,
});

/** Creates one command from writes of one kind. */
const toCommand = (writes: readonly Write[], mode: UpdateMode): Document => {
  const [first] = writes as [Write];
  const { kind, collection } = first;
  if (kind === 'insert') {
    return { insert: collection, documents: writes.map((write) => write.kind === 'insert' && write.document) };
  }
  if (kind === 'insertOnce') {
    return { update: collection, updates: writes.map((write) => write.kind === 'insertOnce' && toUpsert(write)) };
  }
  if (kind === 'update') {
    return {
      update: collection,
      updates: writes.map((write) => write.kind === 'update' && { q: write.filter, u: write.update, ...mode }),
    };
  }
  // An update without an effect is a read of one match; unlike `find`, it reports the number like the other commands.
  if (kind === 'absent') return { update: collection, updates: [{ q: first.filter, u: { $inc: { version: 0 } } }] };
  const limit = 'multi' in mode ? 0 : 1;
  const deletes = writes.map((write) => write.kind === 'remove' && { q: write.filter, limit });
  return { delete: collection, deletes };
};

/** Combines the writes of sets into as few commands as possible, in the order of the writes to each collection. */
export const toGroupedStatements = (sets: readonly (readonly Write[])[]): Statement[] => {
  const all = sets.flatMap((writes, owner) => writes.map((write) => ({ write, owner })));
  return [...Map.groupBy(all, ({ write }) => write.collection).values()].flatMap((ofCollection) => {
    const runs: (typeof all)[] = [];
    for (const owned of ofCollection) {
      const run = runs.at(-1);
      if (run?.[0]?.write.kind === owned.write.kind) run.push(owned);
      else runs.push([owned]);
    }
    return runs.map((run) => ({
      command: toCommand(
        run.map(({ write }) => write),
        { upsert: true },
      ),
      expected: run.length,
      createError: () => new SomeWriteFailed(),
      owners: run.map(({ owner }) => owner),
      insertsOnce: run[0]?.write.kind === 'insertOnce',
    }));
  });
};

/** Creates one command for each write of a set, in recorded order. The first failed condition determines the error. */
export const toSingleStatements = (writes: readonly Write[]): Statement[] =>
  writes.map((write) => ({
    command: toCommand([write], { multi: true }),
    expected: write.kind === 'absent' ? 0 : 1,
    createError: () =>
      'conflictError' in write ? (write.conflictError ?? commonErrors.staleVersion()) : new SomeWriteFailed(),
    owners: [0],
    insertsOnce: write.kind === 'insertOnce',
  }));
