export { auditContract, auditPermissions } from './audit.ts';
