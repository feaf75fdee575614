import type { Entity, MigrationWhere, TenantBackfill, TenantScope } from '@plinth/data-kit';
import type { Document } from 'mongodb';
import { type Batch, type BatchScope, refusalOf, type Walk } from './batch.ts';

/** Tenants a transaction, unless a migration says otherwise: what each costs is not known here. */
const batchSizeDefault = 20;

const nextTenants = async (
  { collection, batchSize = batchSizeDefault }: TenantBackfill,
  { db, session }: BatchScope,
  position: string,
): Promise<string[]> => {
  const tenants: string[] = [];
  while (tenants.length < batchSize) {
    // One key of the index a tenant, however many documents it has. Every index begins with the tenant.
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

/** What a migration sees of a tenant. `onWrite` is told of each document that is written, or would be. */
const scopeOf = ({ db, clock, ids, session }: BatchScope, tenantId: string, onWrite: () => void): TenantScope => {
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
        const own = { _id: ids.next(), tenantId, version: 1, createdAt: now, updatedAt: now };
        await stored.insertOne({ ...where, ...fields, ...own }, options);
        return;
      }
      // An action that has read the document decides on what it read: it must not be told that nothing has changed.
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
    throw refusalOf(cause as object, { name: backfill.name, at: `a document of the tenant ${tenantId}` }) ?? cause;
  }
};

/** The batches of a backfill that goes from tenant to tenant. */
export const walkTenants =
  (backfill: TenantBackfill): Walk['batch'] =>
  async (scope, position): Promise<Batch> => {
    const tenants = await nextTenants(backfill, scope, position);
    let changed = 0;
    const onWrite = (): void => void (changed += 1);
    for (const tenantId of tenants) {
      await visit(backfill, scopeOf(scope, tenantId, onWrite), tenantId);
    }
    const isLast = tenants.length < (backfill.batchSize ?? batchSizeDefault);
    return { changed, next: isLast ? undefined : tenants.at(-1) };
  };
