import { defineErrors } from '../catalogues/errors.ts';
import { definePermissions } from '../catalogues/permissions.ts';
import { defineContract } from '../routes/contract.ts';
import { defineRoute } from '../routes/route.ts';
import { NoContent } from '../schemas/text.ts';
import { Operation, OperationParams } from './operation.ts';

export const operationsErrors = defineErrors('operations', {
  operationEnded: {
    status: 409,
    title: 'The operation has ended.',
    fix: 'Read it with `GET /v1/operations/{id}`; nothing needs to be done.',
  },
  operationNotSucceeded: {
    status: 409,
    title: 'The operation has not succeeded, so it has no result.',
    fix: 'Read it with `GET /v1/operations/{id}`. Wait while it is running; start it again when it has ended.',
  },
});

export const operationsPermissions = definePermissions('operations', {
  'operations:read': { title: 'View long operations', roles: ['owner', 'admin', 'member', 'viewer'] },
  'operations:write': { title: 'Cancel long operations', roles: ['owner', 'admin', 'member'] },
});

/** The routes of long operations. Each host serves them for its modules, and no module declares them. */
export const operationsContract = defineContract('operations', {
  permissions: operationsPermissions,
  routes: {
    getOperation: defineRoute({
      method: 'GET',
      path: '/v1/operations/:id',
      summary: 'Get a long operation',
      description:
        'Read it again until `status` is not `running`. With `If-None-Match` an unchanged one has no body. It is kept for seven days after its last change.',
      auth: { policy: 'operations:read' },
      params: OperationParams,
      responses: { 200: Operation },
    }),
    cancelOperation: defineRoute({
      method: 'POST',
      path: '/v1/operations/:id/cancellation',
      summary: 'Cancel a long operation',
      description: 'The remaining items are not processed. Those that are done stay.',
      auth: { policy: 'operations:write' },
      idempotency: 'optional',
      params: OperationParams,
      responses: { 204: NoContent },
      errors: [operationsErrors.operationEnded],
    }),
  },
});
