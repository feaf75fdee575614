import { defineCollection, defineMapper, Entity, JournalChange } from '@plinth/data-kit';
import type { AuditEvent } from '@plinth/dtos/audit';
import { z } from 'zod';

/** A SHA-256 in hexadecimal digits. */
export const Hash = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * An audit event as stored: a journal row, with its id and time, in the hash chain of its tenant. It never changes. Clients receive
 * `AuditEvent`, which `toAuditEvent` returns.
 */
export const AuditEventDocument = Entity.extend({
  sequence: z.int().min(1),
  previousHash: Hash,
  hash: Hash.describe('Of the other fields, except those that never differ: version and updatedAt.'),
  module: z.string(),
  action: z.string().min(1),
  actorKind: z.string(),
  actorId: z.string(),
  requestId: z.string(),
  traceId: z.string(),
  messageId: z.string().optional(),
  // One array for three filters, because an index can have one.
  resourceKeys: z.array(z.string()).describe('Of each changed resource its type, its id, and `<type>/<id>`.'),
  changes: z.array(JournalChange),
  valuesOmitted: z.literal(true).optional(),
});
export type AuditEventDocument = z.infer<typeof AuditEventDocument>;

export const auditEvents = defineCollection('auditEvents', AuditEventDocument, {
  tenancy: 'tenant',
  appendOnly: true,
  indexes: {
    newest: { fields: ['createdAt', '_id'] },
    newestOfActor: { fields: ['actorId', 'createdAt', '_id'] },
    newestOfAction: { fields: ['action', 'createdAt', '_id'] },
    newestOfResource: { fields: ['resourceKeys', 'createdAt', '_id'] },
    bySequence: { fields: ['sequence'], unique: 'conflict' },
  },
});

/** Times inside of changes become strings. */
const toJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

export const toAuditEvent = defineMapper<AuditEventDocument, AuditEvent>({
  id: '_id',
  sequence: 'sequence',
  createdAt: 'createdAt',
  module: 'module',
  action: 'action',
  actor: ({ actorKind: kind, actorId: id }) => ({ kind, id }),
  requestId: 'requestId',
  traceId: 'traceId',
  messageId: 'messageId',
  changes: ({ changes }) =>
    toJson(
      changes.map(({ collection: resourceType, id: resourceId, version: resourceVersion, ...change }) => {
        return { resourceType, resourceId, resourceVersion, ...change };
      }),
    ),
  valuesOmitted: 'valuesOmitted',
  previousHash: 'previousHash',
  hash: 'hash',
});
