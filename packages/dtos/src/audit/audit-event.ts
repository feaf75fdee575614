import { defineListQuery, definePage, Id, IsoDate, resourceExample, SingleLineText } from '@plinth/contract-kit';
import { z } from 'zod';

const { id, createdAt } = resourceExample;

export const AuditEventId = Id.meta({ id: 'AuditEventId', description: 'The id of an audit event.' });

const Fields = z.record(z.string(), z.unknown());

export const AuditAction = SingleLineText.max(100).describe('The operation, such as `updateUser`.');

export const ActorId = SingleLineText.max(200).describe(
  'The id of the user, or the name of the consumer of events, such as `orders.reserve-stock`.',
);

export const AuditActor = z
  .object({ kind: z.string().describe('`user` or `consumer`.'), id: ActorId })
  .meta({ id: 'AuditActor', examples: [{ kind: 'user', id }] });

export const ResourceType = SingleLineText.max(100).describe('The collection of the resource, such as `users`.');

export const AuditChange = z
  .object({
    kind: z.enum(['insert', 'update', 'remove']),
    resourceType: ResourceType,
    resourceId: z.string().optional().describe('Absent for a change that names its resource by a condition.'),
    resourceVersion: z.int().optional().describe('The version after the change; of a removal, the last version.'),
    before: Fields.optional().describe('The changed fields before. Personal data is replaced by its class.'),
    after: Fields.optional().describe('The changed fields after. Personal data is replaced by its class.'),
    where: Fields.optional().describe('The condition of a change that has no `resourceId`.'),
    change: Fields.optional().describe('The change of a resource that `where` names.'),
  })
  .meta({
    id: 'AuditChange',
    examples: [
      {
        kind: 'update',
        resourceType: 'users',
        resourceId: id,
        resourceVersion: 2,
        before: { name: '[pii]', role: 'member' },
        after: { name: '[pii]', role: 'owner' },
      },
    ],
  });

const Hash = z.string().regex(/^[0-9a-f]{64}$/);

export const AuditEvent = z
  .object({
    id: AuditEventId,
    sequence: z.int().min(1).describe('Numbers the audit events of the organization without gaps.'),
    createdAt: z.iso.datetime().describe('The time of the changes.'),
    module: z.string().describe('The module that made the changes.'),
    action: AuditAction,
    actor: AuditActor,
    requestId: z.string().describe('The `X-Request-Id` of the request.'),
    traceId: z.string().describe('The trace of the request.'),
    messageId: z.string().optional().describe('The message that caused the changes, when a consumer made them.'),
    changes: z.array(AuditChange).describe('What was changed, in the order of the changes.'),
    valuesOmitted: z.literal(true).optional().describe('The values of `changes` were too large to be kept.'),
    previousHash: Hash.describe('The `hash` of the audit event before; zeros in the first one.'),
    hash: Hash.describe('The SHA-256 of the stored audit event, by which `npm run audit -- verify` finds alterations.'),
  })
  .meta({
    id: 'AuditEvent',
    examples: [
      {
        id,
        sequence: 1,
        createdAt,
        module: 'users',
        action: 'changeRole',
        actor: { kind: 'user', id },
        requestId: id,
        traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
        changes: [
          {
            kind: 'update',
            resourceType: 'users',
            resourceId: id,
            resourceVersion: 2,
            before: { role: 'member' },
            after: { role: 'owner' },
          },
        ],
        previousHash: '0'.repeat(64),
        hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      },
    ],
  });
export type AuditEvent = z.infer<typeof AuditEvent>;

export const AuditEventPage = definePage(AuditEvent);

export const AuditEventParams = z.object({ id: AuditEventId });

const sort = ['-createdAt', 'createdAt'] as const;

export const ListAuditEventsQuery = defineListQuery({
  item: AuditEvent,
  filters: { actorId: ActorId, action: AuditAction, resourceType: ResourceType, resourceId: Id },
  ranges: { createdAt: IsoDate },
  combinations: [
    { sort },
    { where: ['actorId'], sort },
    { where: ['action'], sort },
    { where: ['resourceType'], sort },
    { where: ['resourceId'], sort },
    { where: ['resourceType', 'resourceId'], sort },
  ],
});
