import type { Clock, Ctx } from '@plinth/data-kit';
import type { Db, Document } from 'mongodb';
import { remainingMs, untilDeadline } from '../deadline.ts';
import { isEmptyBounds, isNoPrimary, isUnreachable, toApiError } from '../mongo-errors.ts';
import type { PrimaryMonitor } from '../primary-monitor.ts';
import { releaseSession, takeSession } from './read-sessions.ts';

export type ReadDeps = { readonly db: Db; readonly clock: Clock; readonly primary: PrimaryMonitor };

/** The dependencies of a read and the context of its caller. */
export type ReadScope = ReadDeps & {
  readonly ctx: Ctx;
  /**
   * Ends the command on the server when the caller disconnects. To do so the driver closes the connection, which costs
   * more than it saves unless the read is long.
   */
  readonly endsWithCaller?: boolean;
};

const readConcern = { level: 'majority' } as const;

/** Reads in several batches: documents that exceed 16 MiB together do not fit the first one. */
const readInBatches = async (command: Document, { db }: ReadScope, openCursor: unknown): Promise<Document[]> => {
  // If this fails, the server closes the forgotten cursor later by itself.
  await db
    .command({ killCursors: command['find'] ?? command['aggregate'], cursors: [openCursor] })
    .catch(() => undefined);
  return db.runCursorCommand(command).toArray();
};

const send = async (find: Document, scope: ReadScope): Promise<Document[]> => {
  const { db, ctx, clock, endsWithCaller } = scope;
  ctx.signal.throwIfAborted();
  const command = { ...find, readConcern: find['readConcern'] ?? readConcern, maxTimeMS: remainingMs(ctx, clock) };
  const session = takeSession(db.client);
  let response: Document;
  try {
    response = await db.command(command, { session, ...(endsWithCaller && { signal: ctx.signal }) });
  } catch (cause) {
    // Not awaited: the caller has waited long enough.
    void session.endSession();
    throw cause;
  }
  releaseSession(db.client, session);
  const { firstBatch, id } = response['cursor'];
  return String(id) === '0' ? firstBatch : readInBatches(command, scope, id);
};

/** Waits until the primary is confirmed, usually not at all. Returns which one it is. */
const waitForConfirmed = async ({ db, ctx, clock, primary }: ReadScope): Promise<string> => {
  for (;;) {
    const confirmed = primary.getConfirmed();
    if (confirmed !== undefined) return confirmed;
    await untilDeadline(() => primary.confirm(db), ctx, clock);
  }
};

/**
 * Sends a read to a confirmed primary. When the primary has changed meanwhile, the new one may have responded, from an older
 * state: then the read is sent again. A read with a read concern of its own is sent as it is.
 */
const sendConfirmed = async (command: Document, scope: ReadScope): Promise<Document[]> => {
  if (command['readConcern'] !== undefined) return send(command, scope);
  for (;;) {
    const confirmed = await waitForConfirmed(scope);
    const documents = await send(command, scope);
    if (scope.primary.getConfirmed() === confirmed) return documents;
  }
};

/** Sends a read again that was lost with its connection. */
const sendAgain = async (command: Document, scope: ReadScope, since: number): Promise<Document[]> => {
  const { primary } = scope;
  try {
    return await primary.withPrimaryTimeout(sendConfirmed(command, scope), since);
  } catch (cause) {
    // Without a primary, throws `NoPrimaryError`, which also rejects the reads that wait behind this one.
    if (isUnreachable(cause) && !isNoPrimary(cause)) await primary.waitForPrimary(since);
    throw cause;
  }
};

/**
 * Sends a `find` or `aggregate` command with a limit, so that its response is one batch. `db.command` costs a fifth less than a cursor,
 * but neither retries nor inherits a read concern, so both are done here.
 */
export const find = async (command: Document, scope: ReadScope): Promise<Document[]> => {
  const since = performance.now();
  try {
    return await scope.primary.withPrimaryTimeout(sendConfirmed(command, scope), since);
  } catch (failure) {
    try {
      if (!isUnreachable(failure) || isNoPrimary(failure) || scope.ctx.signal.aborted) throw failure;
      return await sendAgain(command, scope, since);
    } catch (cause) {
      if (isEmptyBounds(cause)) return [];
      throw toApiError(cause);
    }
  }
};
