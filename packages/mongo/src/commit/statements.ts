import { commonErrors } from '@plinth/contract-kit';
import type { Document } from 'mongodb';
import type { Write } from './write.ts';

/** One command of a transaction. */
export type Statement = {
  readonly command: Document;
  /** The number of documents that the command must insert, match or remove. */
  readonly expected: number;
  /** Creates the error for any other number. */
  readonly createError: () => Error;
};

/** The condition of one of several writes failed. Only separate commands show which one. */
export class SomeWriteFailed extends Error {
  override readonly name = 'SomeWriteFailed';
}

/** True when the filter has one id, so that the sum of matches of several such writes shows whether each matched. */
export const hasSingleId = (write: Write): boolean => {
  if (write.kind === 'insert') return true;
  const { _id: id } = write.filter as { _id?: unknown };
  return typeof id === 'string' || (typeof id === 'object' && id !== null && '$eq' in id);
};

/** Creates one command from writes of one kind. With `multi`, a filter that matches several documents is detected and fails. */
const toCommand = (writes: readonly Write[], multi: boolean): Document => {
  const [first] = writes as [Write];
  const { kind, collection } = first;
  if (kind === 'insert') {
    return { insert: collection, documents: writes.map((write) => write.kind === 'insert' && write.document) };
  }
  if (kind === 'update') {
    return {
      update: collection,
      updates: writes.map((write) => write.kind === 'update' && { q: write.filter, u: write.update, multi }),
    };
  }
  const deletes = writes.map((write) => write.kind === 'remove' && { q: write.filter, limit: multi ? 0 : 1 });
  return { delete: collection, deletes };
};

/** Combines writes into as few commands as possible, in the order of the writes to each collection. */
export const toGroupedStatements = (writes: readonly Write[]): Statement[] =>
  [...Map.groupBy(writes, ({ collection }) => collection).values()].flatMap((writesOfCollection) => {
    const runs: Write[][] = [];
    for (const write of writesOfCollection) {
      const run = runs.at(-1);
      if (run?.[0]?.kind === write.kind) run.push(write);
      else runs.push([write]);
    }
    return runs.map((run) => ({
      command: toCommand(run, false),
      expected: run.length,
      createError: () => new SomeWriteFailed(),
    }));
  });

/** Creates one command for each write, in recorded order. The first failed condition determines the error. */
export const toSingleStatements = (writes: readonly Write[]): Statement[] =>
  writes.map((write) => ({
    command: toCommand([write], true),
    expected: 1,
    createError: () =>
      write.kind === 'insert' ? new SomeWriteFailed() : (write.conflictError ?? commonErrors.staleVersion()),
  }));
