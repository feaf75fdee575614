import type { Socket } from 'node:net';
import { createRing, type Link } from '@plinth/data-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { contractOf } from './contract-of.ts';

/** Milliseconds within which a request is answered, counted from its first byte. */
export const answerMs = 8000;

const checkMs = 250;

/** A request that waits for its answer; one that the search has passed is late, or a stream. */
type Waiting = { readonly request: FastifyRequest; readonly reply: FastifyReply; isPassed: boolean };

export type LateReplies = {
  /** The request has begun to wait for its answer. */
  begin(request: FastifyRequest, reply: FastifyReply): Link<Waiting>;
  /** It has ended. */
  end(one: Link<Waiting>): void;
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
  const waiting = createRing<Waiting>();
  const early = new WeakMap<Socket, FastifyReply>();
  const check = (): void => {
    const latest = performance.now() - answerMs;
    for (const one of waiting) {
      const { request, reply } = one;
      if (request.scope.startedAt > latest) return;
      if (one.isPassed) continue;
      one.isPassed = true;
      if (!reply.sent && !contractOf(request)?.stream) onLate(request, reply);
    }
  };
  const timer = setInterval(check, checkMs).unref();
  app.addHook('onClose', (_app, done) => {
    clearInterval(timer);
    done();
  });
  return {
    begin: (request, reply) => waiting.add({ request, reply, isPassed: false }),
    end: (one) => {
      waiting.remove(one);
      const { request, reply } = one.value;
      const { complete, socket } = request.raw;
      if (complete === false) early.set(socket, reply);
    },
    of: (socket) => {
      const found = [...waiting].filter(({ request }) => request.raw.socket === socket).map(({ reply }) => reply);
      if (found.length > 0) return found;
      const last = early.get(socket);
      return last?.request.raw.complete === false ? [last] : [];
    },
  };
};
