// Generated from the contracts by `npm run build`. Run it when this file does not compile.
import type { auditContract } from '@plinth/service-contracts/audit';
import { createAction, type RouteOf, readLines } from '../core/index.ts';

/** List audit events. An audit event is added some seconds after its changes, and kept for good. */
export const listAuditEvents = /* @__PURE__ */ createAction<RouteOf<typeof auditContract, 'listAuditEvents'>>({ name: 'GET /v1/audit-events', domain: 'audit' });

/** Export all audit events. One audit event a line, the oldest first. */
export const exportAuditEvents = /* @__PURE__ */ createAction<RouteOf<typeof auditContract, 'exportAuditEvents'>>({ name: 'GET /v1/audit-events/export', domain: 'audit', readItems: readLines });

/** Get an audit event. No request changes or removes an audit event. */
export const getAuditEvent = /* @__PURE__ */ createAction<RouteOf<typeof auditContract, 'getAuditEvent'>>({ name: 'GET /v1/audit-events/:id', domain: 'audit' });
