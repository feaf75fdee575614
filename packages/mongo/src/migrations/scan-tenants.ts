import type { Entity, MigrationWhere, TenantBackfill, TenantScope } from '@plinth/data-kit';
import type { Document } from 'mongodb';
import { type Batch, type BatchScope, type Scan, toConstraintError } from './batch.ts';

/** The number of tenants in a transaction: small, because the work for one tenant can be large. */
const batchSizeDefault = 20;

const nextTenants = async (
  { collection, batchSize = batchSizeDefault }: TenantBackfill,
  { db, session }: BatchScope,
  position: string,
): Promise<string[]> => {
  const tenants: string[] = [];
  while (tenants.length < batchSize) {
    // Examines one key for each tenant, because every index begins with the tenant.
    const document = await db
      .collection(collection)
      .findOne(
        { tenantId: { $gt: tenants.at(-1) ?? position } },
        { sort: { tenantId: 1 }, projection: { _id: 0, tenantId: 1 }, ...(session && { session }) },
      );
    if (!document) break;
    tenants.push(document['tenantId']);
  }
  return tenants;
};

const isSame = (document: Document, fields: object): boolean =>
  Object.entries(fields).every(([name, value]) => document[name]?.valueOf() === value.valueOf());

/** Creates the operations of a migration on one tenant. `onWrite` is called for each document that is or would be written. */
const createTenantScope = (
  { db, clock, ids, session }: BatchScope,
  tenantId: string,
  onWrite: () => void,
): TenantScope => {
  const options = session && { session };
  const within = (where: MigrationWhere): Document => ({ $and: [{ tenantId }, where] });
  return {
    count: (collection, where) => db.collection(collection).countDocuments(within(where), options),
    put: async (collection, where, fields) => {
      const stored = db.collection<Entity>(collection);
      const document = await stored.findOne(within(where), options);
      if (document && isSame(document, fields)) return;
      onWrite();
      if (!session) return;
      const now = clock.now();
      if (!document) {
        const entity = { _id: ids.next(), tenantId, version: 1, createdAt: now, updatedAt: now };
        await stored.insertOne({ ...where, ...fields, ...entity }, options);
        return;
      }
      // The version changes, so that an action which has read the document commits nothing based on the old fields.
      await stored.updateOne(
        { _id: document._id },
        { $set: { ...fields, updatedAt: now }, $inc: { version: 1 } },
        options,
      );
    },
  };
};

const visit = async (backfill: TenantBackfill, tenant: TenantScope, tenantId: string): Promise<void> => {
  try {
    await backfill.forTenant(tenant);
  } catch (cause) {
    throw (
      toConstraintError(cause as object, {
        migration: backfill.name,
        document: `a document of the tenant ${tenantId}`,
      }) ?? cause
    );
  }
};

/** Creates the batches of a backfill that processes one tenant after the other. */
export const scanTenants =
  (backfill: TenantBackfill): Scan['batch'] =>
  async (scope, position): Promise<Batch> => {
    const tenants = await nextTenants(backfill, scope, position);
    let changed = 0;
    const onWrite = (): void => void (changed += 1);
    for (const tenantId of tenants) {
      await visit(backfill, createTenantScope(scope, tenantId, onWrite), tenantId);
    }
    const isLast = tenants.length < (backfill.batchSize ?? batchSizeDefault);
    return { changed, next: isLast ? undefined : tenants.at(-1) };
  };
