export { AuditEventDocument, auditEvents, toAuditEvent } from './audit-event.ts';
export {
  AuditChainDocument,
  AuditCheckpointDocument,
  auditChains,
  auditCheckpoints,
  checkpointInterval,
} from './chain.ts';
