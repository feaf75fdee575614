import { defineCollection, Entity } from '@plinth/data-kit';
import { z } from 'zod';
import { Hash } from './audit-event.ts';

/** A signed statement that the audit event with this number has this hash, and so that all before it are unchanged. */
const statement = {
  sequence: z.int().min(1),
  hash: Hash,
  signature: z.string().describe('A compact JWS of tenant, sequence and hash.'),
};

/** The end of the chain of a tenant. It changes with each audit event, so one of two concurrent writers fails. */
export const AuditChainDocument = Entity.extend({
  scope: z.literal('tenant').describe('The same in every document, so that the unique index allows one per tenant.'),
  ...statement,
});
export type AuditChainDocument = z.infer<typeof AuditChainDocument>;

export const auditChains = defineCollection('auditChains', AuditChainDocument, {
  tenancy: 'tenant',
  indexes: { byScope: { fields: ['scope'], unique: 'conflict' } },
});

/** A checkpoint inside of the chain. It never changes. */
export const AuditCheckpointDocument = Entity.extend(statement);
export type AuditCheckpointDocument = z.infer<typeof AuditCheckpointDocument>;

export const auditCheckpoints = defineCollection('auditCheckpoints', AuditCheckpointDocument, {
  tenancy: 'tenant',
  appendOnly: true,
  indexes: { bySequence: { fields: ['sequence'], unique: 'conflict' } },
});

/** Every audit event whose number is a multiple of this has a checkpoint. */
export const checkpointInterval = 1000;
