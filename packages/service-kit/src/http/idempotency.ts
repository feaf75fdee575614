import { hash } from 'node:crypto';
import { ApiError, commonErrors, type RouteSpec } from '@plinth/contract-kit';
import {
  type Ctx,
  IdempotencyKeyConflict,
  type IdempotencyRecord,
  type Journal,
  type StoredResponse,
  type UnitOfWork,
} from '@plinth/data-kit';
import type { FastifyRequest } from 'fastify';
import { invalidFields } from './validation.ts';

/** True for a route that accepts an `Idempotency-Key`: it writes, and the key belongs to an authenticated user. */
export const acceptsIdempotencyKey = ({ method, auth }: RouteSpec): boolean => method !== 'GET' && auth !== 'public';

/** True for a route that refuses a request without a key: by default a POST, which takes effect again when it is repeated. */
export const requiresIdempotencyKey = (route: RouteSpec): boolean =>
  acceptsIdempotencyKey(route) &&
  (route.idempotency ?? (route.method === 'POST' ? 'required' : 'optional')) === 'required';

const invalidKey = (message: string) =>
  invalidFields([{ pointer: '/idempotency-key', location: 'header', code: 'invalid-key', message }]);

const bare = /^[\x20-\x7e]{1,255}$/;
const quoted = /^"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"$/;

/**
 * Reads the idempotency key of a request. The bare and the quoted form are the same key.
 * @throws `invalid-request` for anything but 1 to 255 printable characters, and without a key where the route requires one.
 */
export const readIdempotencyKey = ({ raw }: Pick<FastifyRequest, 'raw'>, route: RouteSpec): string | undefined => {
  const header = raw.headers['idempotency-key'];
  if (header === undefined) {
    if (!requiresIdempotencyKey(route)) return undefined;
    throw invalidKey('is required here: send a new random key with each new request');
  }
  const names = raw.rawHeaders.filter((_, index) => index % 2 === 0);
  if (names.filter((name) => name.toLowerCase() === 'idempotency-key').length > 1) {
    throw invalidKey('is sent twice; send one');
  }
  const text = String(header).trim();
  const isQuoted = text.startsWith('"');
  if (isQuoted && !quoted.test(text)) throw invalidKey('starts with a quote but is not a quoted string');
  const key = isQuoted ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text;
  if (!bare.test(key)) throw invalidKey('must be 1 to 255 printable characters');
  return key;
};

/** Returns a hash that is equal for identical requests to one route: same path, same query, same validated body. */
export const toFingerprint = ({ url, body }: Pick<FastifyRequest, 'url' | 'body'>): string =>
  hash('sha256', `${url}\n${JSON.stringify(body) ?? ''}`, 'base64url');

export type IdempotentOperation = {
  readonly ctx: Ctx;
  readonly operationId: string;
  /** The key as the client sent it. */
  readonly key: string;
  readonly fingerprint: string;
  /** Runs the action and serializes its result. */
  readonly execute: () => Promise<StoredResponse>;
  /** Returns the response to store for a failure, or `undefined` for a temporary one. */
  readonly toStoredFailure: (error: unknown) => StoredResponse | undefined;
};

export type IdempotencyDeps = { readonly unitOfWork: UnitOfWork; readonly journal: Journal };
export type IdempotentResult = { readonly response: StoredResponse; readonly replayed: boolean };

const replay = (
  { fingerprint, response }: IdempotencyRecord,
  operation: Pick<IdempotentOperation, 'fingerprint'>,
): IdempotentResult => {
  if (fingerprint !== operation.fingerprint) throw commonErrors.idempotencyMismatch();
  return { response, replayed: true };
};

/**
 * Executes an operation once for each key, also when the request is repeated concurrently: repeats receive the stored
 * response. It is optimistic: the operation runs, its commit claims the key, and the key is looked up only after a failure.
 * @throws `idempotency-mismatch` when the key was used for another request, or the error of the operation itself.
 */
export const executeIdempotently = async (
  operation: IdempotentOperation,
  { unitOfWork, journal }: IdempotencyDeps,
): Promise<IdempotentResult> => {
  const { ctx, operationId, fingerprint, execute } = operation;
  const key = `${ctx.actor.id} ${operationId} ${operation.key}`;
  const toResponse = (response: StoredResponse) => response;
  const metadata = { operation: operationId, idempotency: { key, fingerprint, toResponse } };
  try {
    return { response: await unitOfWork.run(ctx, execute, metadata), replayed: false };
  } catch (error) {
    // The database is unavailable or slow: another query would only take longer, and a repeat with the key is still safe.
    if (error instanceof ApiError && error.status >= 503) throw error;
    const failure = operation.toStoredFailure(error);
    const stored = await journal.find(ctx, key).catch((cause: unknown) => {
      // The failure may be caused by an earlier success of this request, whose response was lost. Only the journal knows.
      throw failure || error instanceof IdempotencyKeyConflict ? commonErrors.unavailable({ cause }) : error;
    });
    if (stored) return replay(stored, operation);
    if (error instanceof IdempotencyKeyConflict) throw commonErrors.unavailable({ cause: error });
    if (!failure) throw error;
    const concurrent = await unitOfWork
      .run(ctx, async () => failure, metadata)
      .then(
        () => undefined,
        (cause: unknown) => (cause instanceof IdempotencyKeyConflict ? journal.find(ctx, key) : undefined),
      );
    if (concurrent) return replay(concurrent, operation);
    throw error;
  }
};
