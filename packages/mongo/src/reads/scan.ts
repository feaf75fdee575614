import type { MigratableDatastore } from '@plinth/data-kit';
import type { Db, Document } from 'mongodb';

/** The comment of a command that reads the documents of all tenants on purpose, for the profiler and for the query guard. */
export const acrossTenants = 'across tenants';

/** Returns the tenants of collections. Every index begins with the tenant, so the server examines one key for each. */
export async function* listTenants(db: Db, collections: readonly string[]): AsyncIterable<string> {
  const group = { $group: { _id: '$tenantId' } };
  const distinct = { $group: { _id: '$_id' } };
  const [first = '', ...others] = collections;
  const joined = others.map((coll) => ({ $unionWith: { coll, pipeline: [group] } }));
  const tenants = db.collection(first).aggregate([group, ...joined, distinct, { $sort: { _id: 1 } }], {
    allowDiskUse: true,
    comment: acrossTenants,
  });
  for await (const { _id } of tenants) yield String(_id);
}

type Scan = Parameters<MigratableDatastore['scan']>[0];

/** Returns the documents of a tenant in the order of a field. */
export const scan = (db: Db, { collection, tenantId, field, after }: Scan): AsyncIterable<Document> =>
  db.collection(collection).find({ tenantId, [field]: { $gt: after } }, { sort: { [field]: 1 }, batchSize: 500 });
