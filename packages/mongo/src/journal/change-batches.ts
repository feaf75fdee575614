import { type ClientSession, type Db, type Document, Long, type ResumeToken, type Timestamp } from 'mongodb';
import { unlessHanging } from './event-stream.ts';

/** The changes since the last batch. A stream continues after `token`. */
export type ChangeBatch = { readonly changes: readonly Document[]; readonly token: ResumeToken };

export type ChangeBatches = {
  /** Returns the next changes, or none after about a second. @throws when the stream cannot continue. */
  read(): Promise<ChangeBatch>;
  /** Never rejects. */
  close(): Promise<void>;
};

/** The server ended the stream, because its collection was dropped: it cannot continue where it ended. */
export class StreamEnded extends Error {
  override readonly name = 'StreamEnded';
}

export type StreamStart = { readonly startAfter: ResumeToken } | { readonly startAtOperationTime: Timestamp };

type StreamOptions = {
  readonly collection: string;
  readonly start: StreamStart;
  readonly pipeline: readonly Document[];
};

/** The server responds at least this often, even without a change. */
const awaitMs = 1000;

/** The most changes of a batch. */
const batchSize = 500;

type CursorResponse = {
  readonly id: unknown;
  readonly firstBatch?: readonly Document[];
  readonly nextBatch?: readonly Document[];
  readonly postBatchResumeToken: ResumeToken;
};

const toBatch = ({ firstBatch, nextBatch, postBatchResumeToken }: CursorResponse): ChangeBatch => ({
  changes: firstBatch ?? nextBatch ?? [],
  token: postBatchResumeToken,
});

const toId = (id: unknown): Long => Long.fromValue(id as Long | number);

const createReader = (
  { db, session, collection }: { db: Db; session: ClientSession; collection: string },
  first: CursorResponse,
): ChangeBatches => {
  const id = toId(first.id);
  let opened: ChangeBatch | undefined = toBatch(first);
  return {
    read: async () => {
      if (opened) {
        const batch = opened;
        opened = undefined;
        return batch;
      }
      const command = { getMore: id, collection, batchSize, maxTimeMS: awaitMs };
      const { cursor } = await unlessHanging(db.command(command, { session }));
      if (toId(cursor.id).isZero()) throw new StreamEnded(`The server ended the change stream of '${collection}'.`);
      return toBatch(cursor);
    },
    close: async () => {
      const killed = db.command({ killCursors: collection, cursors: [id] }, { session });
      await unlessHanging(killed).catch(() => undefined);
      await session.endSession().catch(() => undefined);
    },
  };
};

/**
 * Opens a change stream that is read batch by batch, by the commands of the server: the driver's stream does not show where a
 * batch ends. It reads what a majority has.
 */
export const openChangeBatches = async (
  db: Db,
  { collection, start, pipeline }: StreamOptions,
): Promise<ChangeBatches> => {
  const session = db.client.startSession();
  try {
    const command = {
      aggregate: collection,
      pipeline: [{ $changeStream: start }, ...pipeline],
      cursor: { batchSize },
      readConcern: { level: 'majority' },
    };
    const { cursor } = await unlessHanging(db.command(command, { session }));
    return createReader({ db, session, collection }, cursor);
  } catch (cause) {
    await session.endSession();
    throw cause;
  }
};
