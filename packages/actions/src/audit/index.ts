export { exportAuditEvents, getAuditEvent, listAuditEvents } from './audit.ts';
