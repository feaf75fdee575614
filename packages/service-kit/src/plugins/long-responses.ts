import type { Socket } from 'node:net';
import { commonErrors } from '@plinth/contract-kit';
import type { Logger } from '@plinth/logger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { getCaller } from '../http/caller.ts';

/** The limits of responses that stream. */
export type LongResponseLimits = {
  /** The long responses that a process sends at the same time. */
  readonly max: number;
  /** The long responses that one user receives at the same time. */
  readonly perUserMax: number;
  /** A client that reads fewer bytes in a second is disconnected. */
  readonly bytesPerSecondMin: number;
  /** Milliseconds over which the rate of a client is measured. */
  readonly windowMs: number;
};

export const defaultLongResponseLimits: LongResponseLimits = {
  max: 32,
  perUserMax: 2,
  bytesPerSecondMin: 4096,
  windowMs: 20_000,
};

const checkMs = 500;
const retryAfterSeconds = 10;

/** The window in which the rate of a client is measured. */
type RateWindow = { readonly socket: Socket; startedAtMs: number; bytesAtStart: number };

/** Returns the bytes that the operating system has accepted, because the client has room for them. */
const getSentBytes = ({ bytesWritten, writableLength }: Socket): number => bytesWritten - writableLength;

/** Creates the check for slow clients: true when data has waited for a whole window and the client has read too little. */
const createSlowCheck = ({ bytesPerSecondMin, windowMs }: LongResponseLimits) => {
  const bytesMin = (bytesPerSecondMin * windowMs) / 1000;
  return (window: RateWindow, now: number): boolean => {
    const { socket, startedAtMs, bytesAtStart } = window;
    const isWaiting = socket.writableLength > 0;
    if (isWaiting && now - startedAtMs < windowMs) return false;
    const sent = getSentBytes(socket);
    if (isWaiting && sent - bytesAtStart < bytesMin) return true;
    Object.assign(window, { startedAtMs: now, bytesAtStart: sent });
    return false;
  };
};

export type LongResponsesOptions = {
  readonly longResponses?: LongResponseLimits | undefined;
  readonly logger: Pick<Logger, 'warn'>;
};

/**
 * Limits the responses that stream, which admission does not count: how many a process sends, how many a user receives, and
 * how slowly a client may read.
 */
export const longResponses = fp<LongResponsesOptions>(
  async (app, { longResponses: limits = defaultLongResponseLimits, logger }) => {
    const isSlow = createSlowCheck(limits);
    const windows = new Map<FastifyRequest, RateWindow>();
    const counts = new Map<string, number>();
    const assertRoom = (user: string, reply: FastifyReply): void => {
      if (windows.size < limits.max && (counts.get(user) ?? 0) < limits.perUserMax) return;
      if (windows.size >= limits.max) {
        throw commonErrors.unavailable({ detail: 'The server sends as many long responses as it can.' });
      }
      reply.header('retry-after', String(retryAfterSeconds));
      throw commonErrors.rateLimited({
        detail: `You receive ${limits.perUserMax} long responses already. Wait until one has ended.`,
      });
    };
    app.addHook('preValidation', async (request, reply) => {
      if (!request.scope.config.contract?.stream) return;
      const { user } = getCaller(request);
      const { socket } = request.raw;
      assertRoom(user, reply);
      windows.set(request, { socket, startedAtMs: performance.now(), bytesAtStart: getSentBytes(socket) });
      counts.set(user, (counts.get(user) ?? 0) + 1);
      reply.raw.once('close', () => {
        windows.delete(request);
        const left = (counts.get(user) ?? 1) - 1;
        if (left === 0) counts.delete(user);
        else counts.set(user, left);
      });
    });
    const timer = setInterval(() => {
      for (const [request, window] of windows) {
        if (!isSlow(window, performance.now())) continue;
        logger.warn('slow-reader-cut', { requestId: request.id });
        window.socket.destroy();
      }
    }, checkMs).unref();
    app.addHook('onClose', async () => clearInterval(timer));
  },
  { name: 'long-responses', dependencies: ['request-context', 'auth'] },
);
