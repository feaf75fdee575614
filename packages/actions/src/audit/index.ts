export { exportAuditEvents, getAuditEvent, listAuditEvents } from './audit-events.ts';
