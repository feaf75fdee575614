import { setTimeout as sleep } from 'node:timers/promises';
import { type ClientSession, MongoClient, type Timestamp } from 'mongodb';
import { archiveOplog, type OplogArchive, replayOplog } from './oplog.ts';
import { restoreSnapshot, takeSnapshot } from './snapshot.ts';

export type DrillReport = {
  readonly acknowledged: number;
  readonly restored: number;
  /** Acknowledged writes up to the chosen moment that the restored cluster lacks or has with another value. */
  readonly lost: number;
  /** Writes after the chosen moment that the restored cluster has. */
  readonly extra: number;
  readonly replayed: number;
  /** The age of the newest acknowledged write that the archive did not have yet when the source was lost. */
  readonly rpoMs: number;
  readonly rtoMs: number;
};

const databases = ['drill'];
const writers = 8;

type Write = { readonly id: string; readonly value: number; readonly at: Timestamp; readonly acknowledgedAtMs: number };

const getOperationTime = ({ operationTime }: ClientSession): Timestamp => {
  if (!operationTime) throw new Error('MongoDB returned no operation time. It is not a replica set.');
  return operationTime;
};

/** Writes documents and their journal rows in transactions, as modules do, until it is stopped. */
const startWriters = (client: MongoClient) => {
  const written: Write[] = [];
  let isStopped = false;
  const write = async (writer: number): Promise<void> => {
    for (let index = 0; !isStopped; index += 1) {
      const id = `${writer}-${Math.floor(index / 3)}`;
      await client.withSession(async (session) => {
        await session.withTransaction(async () => {
          const db = client.db('drill');
          await db
            .collection<{ _id: string }>('documents')
            .updateOne({ _id: id }, { $set: { value: index } }, { upsert: true, session });
          await db.collection('journal').insertOne({ document: id, value: index }, { session });
        });
        written.push({ id, value: index, at: getOperationTime(session), acknowledgedAtMs: performance.now() });
      });
    }
  };
  const running = Array.from({ length: writers }, (_, writer) => write(writer));
  return {
    written,
    stop: async () => {
      isStopped = true;
      await Promise.all(running);
    },
  };
};

const getExpected = (written: readonly Write[], moment: Timestamp): Map<string, number> => {
  const expected = new Map<string, number>();
  for (const { id, value, at } of written.toSorted((left, right) => left.at.comp(right.at))) {
    if (at.lessThanOrEqual(moment)) expected.set(id, value);
  }
  return expected;
};

const getUnarchivedAgeMs = (written: readonly Write[], { entries }: OplogArchive): number => {
  const archived = entries.at(-1)?.ts;
  const missing = written.filter(({ at }) => !archived || at.greaterThan(archived));
  const now = performance.now();
  return Math.max(0, ...missing.map(({ acknowledgedAtMs }) => now - acknowledgedAtMs));
};

/**
 * Runs the drill: writers fill the source while a snapshot is taken and the oplog is archived; then a mistake deletes all
 * documents, and the target is restored to the moment before it. Both clusters must be empty.
 */
export const runDrill = async (sourceUri: string, targetUri: string): Promise<DrillReport> => {
  const source = await MongoClient.connect(sourceUri, { writeConcern: { w: 'majority' } });
  const target = await MongoClient.connect(targetUri, { writeConcern: { w: 'majority' } });
  try {
    await source.db('drill').createCollection('documents', { validator: { value: { $gte: 0 } } });
    await source.db('drill').createIndex('journal', { document: 1, value: 1 }, { unique: true });
    const archive = await archiveOplog(source, databases);
    const load = startWriters(source);
    await sleep(500);
    const snapshot = await takeSnapshot(source, databases);
    await sleep(1000);
    const rpoMs = getUnarchivedAgeMs(load.written, archive);
    await load.stop();
    const moment = load.written.reduce((latest, { at }) => (at.greaterThan(latest) ? at : latest), snapshot.at);
    await source.db('drill').collection('documents').deleteMany({});
    await sleep(500);
    await archive.stop();

    const startedAt = performance.now();
    await restoreSnapshot(target, snapshot);
    const replayed = await replayOplog(target, archive.entries, { from: snapshot.at, to: moment });
    const rtoMs = performance.now() - startedAt;

    const expected = getExpected(load.written, moment);
    const documents = await target.db('drill').collection<{ _id: string; value: number }>('documents').find().toArray();
    const stored = new Map(documents.map(({ _id, value }) => [_id, value]));
    const rows = await target.db('drill').collection('journal').countDocuments();
    const lost = [...expected].filter(([id, value]) => stored.get(id) !== value).length;
    return {
      acknowledged: load.written.length,
      restored: rows,
      lost: lost + Math.max(0, load.written.length - rows),
      extra: [...stored.keys()].filter((id) => !expected.has(id)).length,
      replayed,
      rpoMs,
      rtoMs,
    };
  } finally {
    await Promise.all([source.close(), target.close()]);
  }
};
