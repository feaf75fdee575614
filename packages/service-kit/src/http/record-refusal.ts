import { Rejection } from '@plinth/auth';
import { ApiError, commonErrors } from '@plinth/contract-kit';
import type { FastifyRequest } from 'fastify';
import type { SecurityEvents } from '../security-events.ts';
import { getCaller, getNetwork } from './caller.ts';

/** The fields of a security event that a request has caused. */
export const toSecurityFields = (request: FastifyRequest) => {
  const { id: requestId, method, scope } = request;
  return {
    clientAddress: getNetwork(request),
    tenantId: scope.ctx?.tenantId,
    actorId: scope.ctx?.actor.id,
    method,
    route: scope.config.contract?.path,
    requestId,
    traceId: scope.trace.traceId,
  };
};

/** Records a request that was not authenticated, or not permitted, as a security event. Ignores other errors. */
export const recordRefusal = (security: SecurityEvents, request: FastifyRequest, error: unknown): void => {
  if (!(error instanceof ApiError)) return;
  if (error.cause instanceof Rejection) {
    const { reason, kid, user = request.scope.ctx?.actor } = error.cause;
    const holder = user && { tenantId: user.tenantId, actorId: user.id };
    // It names the user as well, so that a refused user does not hide others behind the same address.
    const source = [getNetwork(request), user?.tenantId, user?.id].join(' ');
    security.signInFailed(reason, source, { kid, ...toSecurityFields(request), ...holder });
  } else if (error.spec === commonErrors.forbidden.spec) {
    const { permission } = error.data as { readonly permission: string };
    const source = `${getCaller(request).user} ${permission}`;
    security.record('permission-denied', source, { permission, ...toSecurityFields(request) });
  }
};
