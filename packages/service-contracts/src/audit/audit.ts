import { defineContract, definePermissions, defineRoute } from '@plinth/contract-kit';
import { AuditEvent, AuditEventPage, AuditEventParams, ListAuditEventsQuery } from '@plinth/dtos/audit';

export const auditPermissions = definePermissions('audit', {
  'audit:read': { title: 'View and export the audit events', roles: ['owner', 'admin'] },
});

const auth = { policy: 'audit:read' } as const;

export const auditContract = defineContract('audit', {
  permissions: auditPermissions,
  routes: {
    listAuditEvents: defineRoute({
      method: 'GET',
      path: '/v1/audit-events',
      summary: 'List audit events',
      description: 'An audit event is added some seconds after its changes, and kept for good.',
      auth,
      query: ListAuditEventsQuery,
      responses: { 200: AuditEventPage },
    }),
    exportAuditEvents: defineRoute({
      method: 'GET',
      path: '/v1/audit-events/export',
      summary: 'Export all audit events',
      description: 'One audit event a line, the oldest first.',
      auth,
      stream: 'ndjson',
      limit: 'sensitive',
      responses: { 200: AuditEvent },
    }),
    getAuditEvent: defineRoute({
      method: 'GET',
      path: '/v1/audit-events/:id',
      summary: 'Get an audit event',
      description: 'No request changes or removes an audit event.',
      auth,
      params: AuditEventParams,
      responses: { 200: AuditEvent },
    }),
  },
});
