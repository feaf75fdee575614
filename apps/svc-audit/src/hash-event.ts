import { createHash } from 'node:crypto';
import type { AuditEventDocument } from '@plinth/models/audit';
import canonicalize from 'canonicalize';

/** The hash before the first audit event. */
export const firstPreviousHash = '0'.repeat(64);

/** Every field of an audit event that can differ, except its hash. */
export type HashedFields = Omit<AuditEventDocument, 'hash' | 'version' | 'updatedAt'>;

/** Returns the SHA-256 of the canonical JSON (RFC 8785) of the fields. */
export const hashEvent = (fields: HashedFields): string =>
  createHash('sha256')
    .update(canonicalize(fields) ?? '')
    .digest('hex');
