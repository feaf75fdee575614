import { type ApiError, commonErrors } from '@plinth/contract-kit';
import type { Logger } from '@plinth/logger';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { isDeclared } from '../http/declared-errors.ts';
import { toProblemResponse, toRequestError } from '../http/problem-response.ts';
import { getPath } from '../http/request-scope.ts';
import { UndeclaredResponse } from '../http/serialize.ts';

export type ErrorsOptions = {
  readonly logger: Logger;
  readonly publicUrl: string;
  /** Sends an error that the route does not declare as it is, or refuses to. */
  readonly undeclared: 'send' | 'refuse';
  /** Called for every response that a contract does not declare. */
  readonly onViolation: (violation: string) => void;
};

declare module 'fastify' {
  interface FastifyInstance {
    /** Sends an error as problem+json. An error that the route does not declare is reported, and refused if so configured. */
    sendProblem(reply: FastifyReply, error: ApiError): FastifyReply;
  }
}

const toLogFields = ({ id, scope }: FastifyRequest) => ({
  requestId: id,
  traceId: scope.trace.traceId,
  tenantId: scope.ctx?.tenantId,
  actorId: scope.ctx?.actor.id,
});

const isCausedBy = (error: unknown, reason: unknown): boolean =>
  error === reason || (error instanceof Error && error.cause !== undefined && isCausedBy(error.cause, reason));

/** Decides whether the connection of a request whose body is too large carries further requests. */
const keepOrEndConnection = (reply: FastifyReply): void => {
  // A client that waits for `100 Continue` will not send its body, so its connection has to end.
  if (reply.request.headers.expect !== undefined) reply.header('connection', 'close');
  // Fastify would close a connection whose client still sends, and so reset it before the client reads the response.
  else reply.removeHeader('connection');
};

/** Turns errors into responses: the only place where that happens. */
export const errors = fp<ErrorsOptions>(
  async (app, { logger, publicUrl, undeclared, onViolation }) => {
    /** Replaces an error that the contract does not declare, where those are refused. */
    const toDeclared = (error: ApiError, { method, routeOptions, scope }: FastifyRequest): ApiError => {
      const { contract } = scope.config;
      if (!contract || isDeclared(contract, error)) return error;
      const { status, code } = error;
      onViolation(
        `${method} ${routeOptions.url ?? ''} returned ${status} ${code}, which its contract does not declare. Add it to the route's 'errors'.`,
      );
      return undeclared === 'send' ? error : commonErrors.internal({ cause: error });
    };

    app.decorate('sendProblem', (reply, thrown) => {
      const { request } = reply;
      const error = toDeclared(thrown, request);
      const { code, status } = error;
      request.scope.code = code;
      // An action that stops because its client has disconnected has not failed: the request line with 499 says it all.
      const isDisconnect = isCausedBy(error, request.scope.abort.signal.reason);
      if (status >= 500 && !isDisconnect) {
        logger.error('request-failed', { ...toLogFields(request), code, err: error.cause ?? error });
      }
      if (status === 405) reply.header('allow', app.getAllowedMethods(getPath(request)).join(', '));
      if (status === 413) keepOrEndConnection(reply);
      const response = toProblemResponse(error, { request, publicUrl });
      return reply.code(status).headers(response.headers).send(response.body);
    });

    app.setErrorHandler((error: FastifyError, request, reply) => {
      if (error instanceof UndeclaredResponse) onViolation(error.message);
      return app.sendProblem(reply, toRequestError(error, request));
    });

    app.setNotFoundHandler((request, reply) => {
      request.scope.config = {};
      // Only a malformed URL is routed again.
      if (request.url !== request.originalUrl) {
        return app.sendProblem(reply, commonErrors.invalidRequest({ detail: 'The URL is malformed.' }));
      }
      const methods = app.getAllowedMethods(getPath(request));
      // A route that called `callNotFound` ends here as well.
      const isUnknown = methods.length === 0 || methods.includes(request.method);
      const error = isUnknown
        ? commonErrors.notFound({ detail: 'No route has this path.' })
        : commonErrors.methodNotAllowed();
      return app.sendProblem(reply, error);
    });
  },
  { name: 'errors', dependencies: ['request-context', 'route-table'] },
);
