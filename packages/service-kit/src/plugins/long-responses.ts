import type { Socket } from 'node:net';
import { commonErrors } from '@plinth/contract-kit';
import type { Logger } from '@plinth/logger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { getCaller } from '../http/caller.ts';

/** The limits of responses that stream. */
export type LongResponseLimits = {
  /** Of this process at a time. */
  readonly max: number;
  /** Of one user at a time. */
  readonly perUserMax: number;
  /** A client that reads fewer is cut. */
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

type Reading = { readonly socket: Socket; sinceMs: number; bytesBefore: number };

/** Returns the bytes that the operating system has accepted, because the client has room for them. */
const getSentBytes = ({ bytesWritten, writableLength }: Socket): number => bytesWritten - writableLength;

/** Returns a function that returns true for a client that has let data wait for a whole window and read too little of it. */
const createRateCheck = ({ bytesPerSecondMin, windowMs }: LongResponseLimits) => {
  const bytesMin = (bytesPerSecondMin * windowMs) / 1000;
  return (reading: Reading, now: number): boolean => {
    const { socket, sinceMs, bytesBefore } = reading;
    const isWaiting = socket.writableLength > 0;
    if (isWaiting && now - sinceMs < windowMs) return false;
    const sent = getSentBytes(socket);
    if (isWaiting && sent - bytesBefore < bytesMin) return true;
    Object.assign(reading, { sinceMs: now, bytesBefore: sent });
    return false;
  };
};

export type LongResponsesOptions = {
  readonly longResponses?: LongResponseLimits | undefined;
  readonly logger: Pick<Logger, 'warn'>;
};

/**
 * Limits the responses that stream, which the admission does not count: how many a process sends, how many a user receives, and
 * how slowly a client may read.
 */
export const longResponses = fp<LongResponsesOptions>(
  async (app, { longResponses: limits = defaultLongResponseLimits, logger }) => {
    const isSlow = createRateCheck(limits);
    const readings = new Map<FastifyRequest, Reading>();
    const counts = new Map<string, number>();
    const assertRoom = (user: string, reply: FastifyReply): void => {
      if (readings.size < limits.max && (counts.get(user) ?? 0) < limits.perUserMax) return;
      if (readings.size >= limits.max) {
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
      readings.set(request, { socket, sinceMs: performance.now(), bytesBefore: getSentBytes(socket) });
      counts.set(user, (counts.get(user) ?? 0) + 1);
      reply.raw.once('close', () => {
        readings.delete(request);
        const left = (counts.get(user) ?? 1) - 1;
        if (left === 0) counts.delete(user);
        else counts.set(user, left);
      });
    });
    const timer = setInterval(() => {
      for (const [request, reading] of readings) {
        if (!isSlow(reading, performance.now())) continue;
        logger.warn('slow-reader-cut', { requestId: request.id });
        reading.socket.destroy();
      }
    }, checkMs).unref();
    app.addHook('onClose', async () => clearInterval(timer));
  },
  { name: 'long-responses', dependencies: ['request-context', 'auth'] },
);
