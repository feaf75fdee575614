import { type ClientSession, type Db, type Document, Long, type ResumeToken, type Timestamp } from 'mongodb';
import { unlessHanging } from './event-stream.ts';

/** The changes since the last batch. A stream continues after `token`. */
export type ChangeBatch = {
  readonly changes: readonly Document[];
  readonly token: ResumeToken;
  /** The time up to which a majority had the writes when the server responded: the next batch has all before it. */
  readonly time: Timestamp;
};

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

const toBatch = ({ cursor, operationTime }: Document): ChangeBatch => {
  const { firstBatch, nextBatch, postBatchResumeToken } = cursor as CursorResponse;
  return {
    changes: firstBatch ?? nextBatch ?? [],
    token: postBatchResumeToken,
    time: operationTime,
  };
};

const toId = (id: unknown): Long => Long.fromValue(id as Long | number);

const createReader = (
  { db, session, collection }: { db: Db; session: ClientSession; collection: string },
  first: Document,
): ChangeBatches => {
  const id = toId((first['cursor'] as CursorResponse).id);
  let opened: ChangeBatch | undefined = toBatch(first);
  return {
    read: async () => {
      if (opened) {
        const batch = opened;
        opened = undefined;
        return batch;
      }
      const command = { getMore: id, collection, batchSize, maxTimeMS: awaitMs };
      const response = await unlessHanging(db.command(command, { session }));
      if (toId(response['cursor'].id).isZero())
        throw new StreamEnded(`The server ended the change stream of '${collection}'.`);
      return toBatch(response);
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
    const response = await unlessHanging(db.command(command, { session }));
    return createReader({ db, session, collection }, response);
  } catch (cause) {
    await session.endSession();
    throw cause;
  }
};
