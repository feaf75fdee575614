// Generated from the contracts by `npm run build`. Run it when this file does not compile.
import type { jobsContract, operationsContract } from '@plinth/service-contracts/operations';
import { createAction, type RouteOf } from '../core/index.ts';

/** List jobs. The jobs and consumers of events of all modules, with the messages of the organization. */
export const listJobs = /* @__PURE__ */ createAction<RouteOf<typeof jobsContract, 'listJobs'>>({ name: 'GET /v1/operations/jobs', domain: 'operations' });

/** List dead messages. A message is dead when it has failed too often. It is kept until it is retried or dropped. */
export const listDeadMessages = /* @__PURE__ */ createAction<RouteOf<typeof jobsContract, 'listDeadMessages'>>({ name: 'GET /v1/operations/jobs/:module/dead-messages', domain: 'operations' });

/** Get a dead message. It has its failures, and neither its payload nor the texts of internal errors. */
export const getDeadMessage = /* @__PURE__ */ createAction<RouteOf<typeof jobsContract, 'getDeadMessage'>>({ name: 'GET /v1/operations/jobs/:module/dead-messages/:id', domain: 'operations' });

/** Retry a dead message. The message is ready again, with all its attempts. Remove the cause of its failures first. */
export const retryDeadMessage = /* @__PURE__ */ createAction<RouteOf<typeof jobsContract, 'retryDeadMessage'>>({ name: 'POST /v1/operations/jobs/:module/dead-messages/:id/retry', domain: 'operations' });

/** Drop a dead message. The message ends without its effect, for good. */
export const dropDeadMessage = /* @__PURE__ */ createAction<RouteOf<typeof jobsContract, 'dropDeadMessage'>>({ name: 'POST /v1/operations/jobs/:module/dead-messages/:id/drop', domain: 'operations' });

/** Get a long operation. Read it again until `status` is not `running`. With `If-None-Match` an unchanged one has no body. It is kept for seven days after its last change. */
export const getOperation = /* @__PURE__ */ createAction<RouteOf<typeof operationsContract, 'getOperation'>>({ name: 'GET /v1/operations/:id', domain: 'operations' });

/** Cancel a long operation. The remaining items are not processed. Those that are done stay. */
export const cancelOperation = /* @__PURE__ */ createAction<RouteOf<typeof operationsContract, 'cancelOperation'>>({ name: 'POST /v1/operations/:id/cancellation', domain: 'operations' });
