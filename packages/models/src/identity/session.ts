import { secret } from '@plinth/contract-kit';
import { defineCollection, defineMapper, Entity, entityFields, StoredId } from '@plinth/data-kit';
import type { Session } from '@plinth/dtos/identity';
import { z } from 'zod';

/** One sign-in: the family of its refresh tokens, of which only the hash of the newest is stored. */
export const SessionDocument = Entity.extend({
  identityId: StoredId,
  status: z.enum(['active', 'ended']),
  /** SHA-256 of the newest refresh token. */
  tokenHash: secret(z.string().regex(/^[\w-]{43}$/)),
  /** How often the token was replaced. */
  generation: z.int().min(0).max(999_999),
  rotatedAt: z.date(),
  endsAt: z.date(),
});
export type SessionDocument = z.infer<typeof SessionDocument>;

export const sessions = defineCollection('sessions', SessionDocument, {
  tenancy: 'tenant',
  expireAfterDays: 30,
  indexes: { newestOfIdentity: { fields: ['identityId', 'status', 'createdAt', '_id'] } },
});

export const toSession = defineMapper<SessionDocument, Session>({
  ...entityFields,
  lastUsedAt: ({ rotatedAt }) => rotatedAt.toISOString(),
  endsAt: ({ endsAt }) => endsAt.toISOString(),
});
