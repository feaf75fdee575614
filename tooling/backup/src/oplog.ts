import { type Document, type MongoClient, Timestamp } from 'mongodb';

export type OplogEntry = Document & { readonly ts: Timestamp; readonly op: string; readonly ns: string };

const isDataChange = ({ op, o }: OplogEntry): boolean => 'iud'.includes(op) || (op === 'c' && 'applyOps' in o);

/**
 * Archives the oplog entries of a database from now on, until it is stopped: the continuous part of a backup. In production
 * they go to a store outside of the cluster.
 */
export const archiveOplog = async (client: MongoClient, database: string) => {
  const oplog = client.db('local').collection<OplogEntry>('oplog.rs');
  const [latest] = await oplog.find().sort({ $natural: -1 }).limit(1).toArray();
  const entries: OplogEntry[] = [];
  const newer = { ts: { $gt: latest?.ts ?? new Timestamp(0n) } };
  const cursor = oplog.find(newer, { tailable: true, awaitData: true, maxAwaitTimeMS: 200 });
  const namespaces = new RegExp(`^(admin|${database})\\.`);
  const reading = (async () => {
    for await (const entry of cursor) if (namespaces.test(entry.ns) && isDataChange(entry)) entries.push(entry);
  })().catch((error: unknown) => {
    if (!cursor.closed) throw error;
  });
  const stop = async (): Promise<void> => {
    await cursor.close();
    await reading;
  };
  return { entries, stop };
};

// Collections have other UUIDs in the target cluster.
const withoutUuid = (operation: Document): Document => ({ ...operation, ui: undefined });

/** Applies archived entries after `from`, up to and including `to`. An entry may be applied twice. */
export const replayOplog = async (
  client: MongoClient,
  entries: readonly OplogEntry[],
  { from, to }: { readonly from: Timestamp; readonly to: Timestamp },
): Promise<number> => {
  const due = entries.filter(({ ts }) => ts.greaterThan(from) && ts.lessThanOrEqual(to));
  for (const entry of due) {
    const { op, ns, o, o2 } = entry;
    const operations: Document[] = op === 'c' ? o['applyOps'] : [{ op, ns, o, ...(o2 && { o2 }) }];
    if (operations.length > 0)
      await client.db('admin').command({ applyOps: operations.map(withoutUuid) }, { ignoreUndefined: true });
  }
  return due.length;
};
