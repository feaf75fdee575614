import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { contractOf } from './contract-of.ts';

/** Milliseconds within which a request is answered, counted from its first byte. */
export const answerMs = 8000;

const checkMs = 250;

export type LateReplies = {
  /** The request has begun to wait for its answer. */
  begin(request: FastifyRequest, reply: FastifyReply): void;
  /** It has ended. */
  end(reply: FastifyReply): void;
  /**
   * The replies that a connection waits for, in their order. When there are none, the one that has been sent already
   * although the body of its request is still to come: what the connection brings belongs to that body.
   */
  of(socket: Socket): readonly FastifyReply[];
};

/**
 * Finds the requests that are not answered in time, a few times a second over all of them: a timer for each would cost
 * more than the rest of what is done for it. A stream takes as long as its reader.
 */
export const watchLateReplies = (
  app: FastifyInstance,
  onLate: (request: FastifyRequest, reply: FastifyReply) => void,
): LateReplies => {
  // In the order of their beginning, so that one which is not late ends the search.
  const waiting = new Map<FastifyReply, FastifyRequest>();
  // Those that the search has passed: late ones, and streams.
  const passed = new Map<FastifyReply, FastifyRequest>();
  const early = new WeakMap<Socket, FastifyReply>();
  const check = (): void => {
    const latest = performance.now() - answerMs;
    for (const [reply, request] of waiting) {
      if (request.scope.startedAt > latest) return;
      waiting.delete(reply);
      passed.set(reply, request);
      if (!reply.sent && !contractOf(request)?.stream) onLate(request, reply);
    }
  };
  const timer = setInterval(check, checkMs).unref();
  app.addHook('onClose', (_app, done) => {
    clearInterval(timer);
    done();
  });
  return {
    begin: (request, reply) => void waiting.set(reply, request),
    end: (reply) => {
      if (!waiting.delete(reply)) passed.delete(reply);
      const { complete, socket } = reply.request.raw;
      if (complete === false) early.set(socket, reply);
    },
    of: (socket) => {
      const found = [...passed.keys(), ...waiting.keys()].filter(({ request }) => request.raw.socket === socket);
      if (found.length > 0) return found;
      const last = early.get(socket);
      return last?.request.raw.complete === false ? [last] : [];
    },
  };
};
