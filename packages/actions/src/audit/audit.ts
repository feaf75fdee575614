import type { AuditService } from '@plinth/contracts/audit';
import type { Collection, Ctx } from '@plinth/data-kit';
import { type AuditEventDocument, toAuditEvent } from '@plinth/models/audit';

type Deps = { auditEvents: Collection<AuditEventDocument, 'get' | 'list'> };

/** Returns the key by which the audit events of a resource, or of a type of resources, are found. */
const toResourceKey = (type?: string, id?: string): string | undefined => (type && id ? `${type}/${id}` : (type ?? id));

export const listAuditEvents =
  ({ auditEvents }: Deps): AuditService['listAuditEvents'] =>
  async ({ query: { where, sort, limit, cursor } }, ctx) => {
    const { resourceType, resourceId, ...filters } = where;
    const resourceKeys = toResourceKey(resourceType, resourceId);
    const storedWhere = { ...filters, ...(resourceKeys !== undefined && { resourceKeys }) };
    return auditEvents.for(ctx).list({ where: storedWhere, sort, limit, cursor }, toAuditEvent);
  };

export const getAuditEvent =
  ({ auditEvents }: Deps): AuditService['getAuditEvent'] =>
  async ({ id }, ctx) =>
    toAuditEvent(await auditEvents.for(ctx).get(id));

/** Returns all audit events of the organization, the oldest first, and holds one page at a time. */
async function* iterateEvents(auditEvents: Deps['auditEvents'], ctx: Ctx) {
  let cursor: string | undefined;
  do {
    const page = await auditEvents.for(ctx).list({ where: {}, sort: 'createdAt', limit: 100, cursor }, toAuditEvent);
    yield* page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

export const exportAuditEvents =
  ({ auditEvents }: Deps): AuditService['exportAuditEvents'] =>
  async (_input, ctx) =>
    iterateEvents(auditEvents, ctx);
