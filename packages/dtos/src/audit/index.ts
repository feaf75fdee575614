export {
  AuditAction,
  AuditActor,
  AuditChange,
  AuditEvent,
  AuditEventId,
  AuditEventPage,
  AuditEventParams,
  ListAuditEventsQuery,
} from './audit-event.ts';
