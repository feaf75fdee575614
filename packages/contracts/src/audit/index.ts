import type { ServiceOf } from '@plinth/data-kit';
import type { auditContract } from '@plinth/service-contracts/audit';

export type AuditService = ServiceOf<typeof auditContract>;
