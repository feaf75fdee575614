import type { Clock, Ctx } from '@plinth/data-kit';
import type { Db, Document } from 'mongodb';
import { remainingMs } from './deadline.ts';
import { createDocumentReader } from './document-reader.ts';
import { isAway, isEmptyBounds, isGone, translate } from './failures.ts';
import type { Primary } from './primary.ts';
import { giveBackSession, takeSession } from './read-sessions.ts';

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

/** The answer to a `find`, with its documents as they have come. */
type Found = { readonly cursor: { readonly firstBatch: readonly Buffer[]; readonly id: unknown } };

/** Reads in as many batches as it takes: documents that exceed 16 MiB together do not fit the first one. */
const sendForAll = async (command: Document, { db }: ReadScope, openCursor: unknown): Promise<Buffer[]> => {
  // The server closes a cursor that is forgotten by itself, only later.
  await db.command({ killCursors: command['find'], cursors: [openCursor] }).catch(() => undefined);
  const found = (await db.runCursorCommand(command, { raw: true }).toArray()) as unknown as Uint8Array[];
  return found.map((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
};

const rawDocuments = { firstBatch: true };

const send = async (find: Document, scope: ReadScope): Promise<readonly Buffer[]> => {
  const { db, ctx, clock, endsWithCaller } = scope;
  const { client } = db;
  ctx.signal.throwIfAborted();
  const command = { ...find, readConcern: find['readConcern'] ?? readConcern, maxTimeMS: remainingMs(ctx, clock) };
  const session = takeSession(client);
  const options = { session, fieldsAsRaw: rawDocuments };
  let cursor: Found['cursor'];
  try {
    ({ cursor } = (await db.command(command, endsWithCaller ? { ...options, signal: ctx.signal } : options)) as Found);
  } catch (cause) {
    // Not awaited: it has nothing to tell, and whoever waits for the answer has waited long enough.
    void session.endSession();
    throw cause;
  }
  giveBackSession(client, session);
  return String(cursor.id) === '0' ? cursor.firstBatch : sendForAll(command, scope, cursor.id);
};

/** Sends a read once more that was lost with its connection. `since` is when it was sent first. */
const sendAgain = async (command: Document, scope: ReadScope, since: number): Promise<readonly Buffer[]> => {
  try {
    return await scope.primary.unlessGone(send(command, scope), since);
  } catch (cause) {
    // Whoever is told that there is no primary refuses those that wait for one as well.
    if (isAway(cause) && !isGone(cause)) await scope.primary.found(since);
    throw cause;
  }
};

/**
 * Sends a `find` command that has a limit, so that its answer is one batch. `db.command` costs a fifth less than a
 * cursor, but neither retries nor inherits a read concern, so both are done here. The documents are as they have come.
 */
export const findRaw = async (command: Document, scope: ReadScope): Promise<readonly Buffer[]> => {
  const since = performance.now();
  try {
    return await scope.primary.unlessGone(send(command, scope), since);
  } catch (failure) {
    try {
      if (!isAway(failure) || isGone(failure) || scope.ctx.signal.aborted) throw failure;
      return await sendAgain(command, scope, since);
    } catch (cause) {
      if (isEmptyBounds(cause)) return [];
      throw translate(cause);
    }
  }
};

const readers = new Map<string, ReturnType<typeof createDocumentReader>>();

/** What reads the documents of a collection. */
export const readerOf = (collection: string): ((bytes: Buffer) => Document) => {
  const known = readers.get(collection);
  if (known) return known;
  const reader = createDocumentReader();
  readers.set(collection, reader);
  return reader;
};

/** Finds documents, by a command as above. */
export const find = async (command: Document, scope: ReadScope): Promise<Document[]> =>
  (await findRaw(command, scope)).map(readerOf(command['find'] as string));
