import type { Clock, Ctx } from '@plinth/kernel';
import type { Db, Document } from 'mongodb';
import { remainingMs } from './deadline.ts';
import { isAway, isEmptyBounds, isGone, translate } from './failures.ts';
import type { Primary } from './primary.ts';

/** What a read needs beside its command. */
export type ReadScope = {
  readonly db: Db;
  readonly ctx: Ctx;
  readonly clock: Clock;
  readonly primary: Primary;
  /**
   * Ends the command on the server when its caller goes. The driver closes the connection for that, which is worth it
   * for a read that may be long; one by its key is over sooner than a connection is made.
   */
  readonly endsWithCaller?: boolean;
};

const readConcern = { level: 'majority' } as const;

const optionsOf = ({ ctx, endsWithCaller }: ReadScope) => (endsWithCaller ? { signal: ctx.signal } : {});

/** Reads in as many batches as it takes: documents that exceed 16 MiB together do not fit the first one. */
const sendForAll = async (command: Document, { db }: ReadScope, openCursor: unknown): Promise<Document[]> => {
  // The server closes a cursor that is forgotten by itself, only later.
  await db.command({ killCursors: command['find'], cursors: [openCursor] }).catch(() => undefined);
  return db.runCursorCommand(command).toArray();
};

const send = async (find: Document, scope: ReadScope): Promise<Document[]> => {
  const { db, ctx, clock } = scope;
  ctx.signal.throwIfAborted();
  const command = { ...find, readConcern: find['readConcern'] ?? readConcern, maxTimeMS: remainingMs(ctx, clock) };
  const { cursor } = (await db.command(command, optionsOf(scope))) as {
    cursor: { firstBatch: Document[]; id: unknown };
  };
  return String(cursor.id) === '0' ? cursor.firstBatch : sendForAll(command, scope, cursor.id);
};

/** Sends a read once more when it was lost with its connection, and there is a primary in time. */
const sendAgain = async (command: Document, scope: ReadScope): Promise<Document[]> => {
  const { ctx, primary } = scope;
  const since = performance.now();
  try {
    return await primary.unlessGone(send(command, scope), since);
  } catch (cause) {
    if (!isAway(cause) || isGone(cause) || ctx.signal.aborted) throw cause;
  }
  try {
    return await primary.unlessGone(send(command, scope), since);
  } catch (cause) {
    // Whoever is told that there is no primary refuses those that wait for one as well.
    if (isAway(cause) && !isGone(cause)) await primary.found(since);
    throw cause;
  }
};

/**
 * Sends a `find` command that has a limit, so that its answer is one batch. `db.command` costs a fifth less than a
 * cursor, but neither retries nor inherits a read concern, so both are done here.
 */
export const find = async (command: Document, scope: ReadScope): Promise<Document[]> => {
  try {
    return await sendAgain(command, scope);
  } catch (cause) {
    if (isEmptyBounds(cause)) return [];
    throw translate(cause);
  }
};
