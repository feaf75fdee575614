import type { Clock, Ctx } from '@plinth/kernel';
import type { Db, Document } from 'mongodb';
import { remainingMs } from './deadline.ts';
import { isAway, isEmptyBounds, translate } from './failures.ts';

/** What a read needs beside its command. */
export type ReadScope = { readonly db: Db; readonly ctx: Ctx; readonly clock: Clock };

const readConcern = { level: 'majority' } as const;

const send = async (command: Document, { db, ctx, clock }: ReadScope): Promise<Document[]> => {
  const maxTimeMS = remainingMs(ctx, clock);
  // A caller that is gone begins no read. The signal itself is not given to the driver, which would close a pooled
  // connection for every caller that goes during a read; `maxTimeMS` ends such a read at the deadline.
  ctx.signal.throwIfAborted();
  const reply = await db.command({ ...command, singleBatch: true, readConcern, maxTimeMS });
  return (reply['cursor'] as { firstBatch: Document[] }).firstBatch;
};

/**
 * Sends one `find` command whose answer fits one batch. `db.command` costs a fifth less than a cursor,
 * but neither retries nor inherits a read concern, so both are done here.
 */
export const find = async (command: Document, scope: ReadScope): Promise<Document[]> => {
  try {
    return await send(command, scope);
  } catch (cause) {
    if (isEmptyBounds(cause)) return [];
    if (!isAway(cause) || scope.ctx.signal.aborted) throw translate(cause);
  }
  try {
    return await send(command, scope);
  } catch (cause) {
    throw translate(cause);
  }
};
