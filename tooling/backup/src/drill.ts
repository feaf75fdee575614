import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient, type Timestamp } from 'mongodb';
import { archiveOplog, type OplogEntry, replayOplog } from './oplog.ts';
import { restoreSnapshot, takeSnapshot } from './snapshot.ts';

const database = 'drill';
const writers = 8;

type Write = { readonly id: string; readonly value: number; readonly at: Timestamp; readonly acknowledgedAtMs: number };

/** Writes documents and their journal rows in transactions, as modules do, until it is stopped. */
const startWriters = (client: MongoClient) => {
  const documents = client.db(database).collection<{ _id: string }>('documents');
  const journal = client.db(database).collection('journal');
  const written: Write[] = [];
  let isStopped = false;
  const write = async (writer: number): Promise<void> => {
    for (let index = 0; !isStopped; index += 1) {
      const id = `${writer}-${Math.floor(index / 3)}`;
      await client.withSession(async (session) => {
        await session.withTransaction(async () => {
          await documents.updateOne({ _id: id }, { $set: { value: index } }, { upsert: true, session });
          await journal.insertOne({ document: id, value: index }, { session });
        });
        // Transactions need a replica set, which returns the time of each operation.
        written.push({ id, value: index, at: session.operationTime as Timestamp, acknowledgedAtMs: performance.now() });
      });
    }
  };
  const running = Array.from({ length: writers }, (_, writer) => write(writer));
  const stop = async (): Promise<void> => {
    isStopped = true;
    await Promise.all(running);
  };
  return { written, stop };
};

const getUnarchivedAgeMs = (written: readonly Write[], entries: readonly OplogEntry[]): number => {
  const archived = entries.at(-1)?.ts;
  const missing = written.filter(({ at }) => !archived || at.greaterThan(archived));
  const now = performance.now();
  return Math.max(0, ...missing.map(({ acknowledgedAtMs }) => now - acknowledgedAtMs));
};

/**
 * Runs the drill: writers fill the source while a snapshot is taken and the oplog is archived; then a mistake deletes all
 * documents, and the target is restored to the moment before it. Both clusters must be empty.
 */
export const runDrill = async (sourceUri: string, targetUri: string) => {
  const source = await MongoClient.connect(sourceUri, { writeConcern: { w: 'majority' } });
  const target = await MongoClient.connect(targetUri, { writeConcern: { w: 'majority' } });
  try {
    await source.db(database).createCollection('documents', { validator: { value: { $gte: 0 } } });
    await source.db(database).createIndex('journal', { document: 1, value: 1 }, { unique: true });
    const archive = await archiveOplog(source, database);
    const load = startWriters(source);
    await sleep(500);
    const snapshot = await takeSnapshot(source, database);
    await sleep(1000);
    const rpoMs = getUnarchivedAgeMs(load.written, archive.entries);
    await load.stop();
    const moment = load.written.reduce((latest, { at }) => (at.greaterThan(latest) ? at : latest), snapshot.at);
    await source.db(database).collection('documents').deleteMany({});
    await sleep(500);
    await archive.stop();

    const startedAt = performance.now();
    await restoreSnapshot(target, database, snapshot);
    const replayed = await replayOplog(target, archive.entries, { from: snapshot.at, to: moment });
    const rtoMs = performance.now() - startedAt;

    // Each document has one writer, so its last write is the latest.
    const expected = new Map(load.written.map(({ id, value }) => [id, value]));
    const restored = target.db(database);
    const documents = await restored.collection<{ _id: string; value: number }>('documents').find().toArray();
    const stored = new Map(documents.map(({ _id, value }) => [_id, value]));
    const rows = await restored.collection('journal').countDocuments();
    const lost = [...expected].filter(([id, value]) => stored.get(id) !== value).length;
    return {
      acknowledged: load.written.length,
      restored: rows,
      /** Acknowledged writes that the restored cluster lacks or has with another value. */
      lost: lost + Math.max(0, load.written.length - rows),
      /** Documents of the restored cluster that were not acknowledged. */
      extra: [...stored.keys()].filter((id) => !expected.has(id)).length,
      replayed,
      /** The age of the newest acknowledged write that the archive did not have yet when the source was lost. */
      rpoMs,
      rtoMs,
    };
  } finally {
    await Promise.all([source.close(), target.close()]);
  }
};
