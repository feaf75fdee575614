import { hash } from 'node:crypto';
import { ApiError, commonErrors, invalidFields, type RouteSpec, requiresIdempotencyKey } from '@plinth/contract-kit';
import { type Ctx, IdempotencyKeyConflict, type Journal, type StoredResponse, type UnitOfWork } from '@plinth/data-kit';
import type { FastifyRequest } from 'fastify';
import { stringify } from 'safe-stable-stringify';

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

/**
 * Returns a hash that is equal for identical requests: method, path, query and body, with the fields of the body in any order.
 * It is the body as it was sent, because a release that adds a default must not make a repeated request another one.
 */
export const toFingerprint = ({ method, url, scope }: Pick<FastifyRequest, 'method' | 'url' | 'scope'>): string =>
  hash('sha256', `${method} ${url}\n${stringify(scope.sentBody) ?? ''}`, 'base64url');

export type IdempotentOperation = {
  readonly ctx: Ctx;
  readonly operationId: string;
  /** The key as the client sent it. */
  readonly key: string;
  readonly fingerprint: string;
  /** Runs the action and serializes its result. */
  readonly execute: () => Promise<StoredResponse>;
  /** Returns the response to a refusal, or `undefined` for a failure after which a repeated request may succeed. */
  readonly toRefusal: (error: unknown) => StoredResponse | undefined;
};

export type IdempotencyDeps = { readonly unitOfWork: UnitOfWork; readonly journal: Journal };
export type IdempotentResult = { readonly response: StoredResponse; readonly replayed: boolean };

/** The statuses of a stale and of a missing version. They are not stored, because the corrected request has the same key. */
const versionStatuses: readonly number[] = [412, 428];

/** Returns the response to a refusal that is final for its key. */
const toFinalRefusal = (error: unknown, { toRefusal }: IdempotentOperation): StoredResponse | undefined => {
  const refusal = toRefusal(error);
  return refusal && !versionStatuses.includes(refusal.status) ? refusal : undefined;
};

/** Returns a key as it is stored: it belongs to its caller and operation. */
export const toStoredKey = ({ actor }: Ctx, operationId: string, key: string): string =>
  `${actor.id} ${operationId} ${key}`;

const createKeyStore = (operation: IdempotentOperation, { unitOfWork, journal }: IdempotencyDeps) => {
  const { ctx, operationId, fingerprint, toRefusal } = operation;
  const key = toStoredKey(ctx, operationId, operation.key);
  const toResponse = (response: StoredResponse) => response;
  const metadata = { operation: operationId, idempotency: { key, fingerprint, toResponse } };

  /** Runs `work` and commits it with the key. */
  const commit = async (work: () => Promise<StoredResponse>): Promise<IdempotentResult> => ({
    response: await unitOfWork.run(ctx, work, metadata),
    replayed: false,
  });

  /** Looks the key up after a failure, which an earlier success of this request may have caused. */
  const findReplay = async (error: unknown): Promise<IdempotentResult | undefined> => {
    // The database is unavailable or slow: another query would only take longer, and a repeat with the key is still safe.
    if (error instanceof ApiError && error.status >= 503) throw error;
    const isTaken = error instanceof IdempotencyKeyConflict;
    const record = await journal.find(ctx, key).catch((cause: unknown) => {
      throw isTaken || toRefusal(error) ? commonErrors.unavailable({ cause }) : error;
    });
    if (record && record.fingerprint !== fingerprint) throw commonErrors.idempotencyMismatch();
    if (record) return { response: record.response, replayed: true };
    if (isTaken) throw commonErrors.unavailable({ cause: error });
    return undefined;
  };

  /** Stores a refusal. Returns the stored response instead when the key is taken. */
  const storeRefusal = (refusal: StoredResponse): Promise<IdempotentResult | undefined> =>
    commit(async () => refusal).then(
      () => undefined,
      (cause: unknown) => {
        if (cause instanceof IdempotencyKeyConflict) return findReplay(cause);
        // A refusal that is not stored is not final: a repeated request could succeed.
        throw commonErrors.unavailable({ cause });
      },
    );
  return { commit, findReplay, storeRefusal };
};

/**
 * Executes an operation once for each key, even when the request is repeated concurrently: repeats receive the stored
 * response. It is optimistic: the operation runs, its commit claims the key, and the key is looked up only after a failure.
 * A refusal is stored when the operation is refused again after that.
 * @throws `idempotency-mismatch` when the key was used for another request, `unavailable` when a refusal is not final, or the
 * error of the operation itself.
 */
export const executeIdempotently = async (
  operation: IdempotentOperation,
  deps: IdempotencyDeps,
): Promise<IdempotentResult> => {
  const { commit, findReplay, storeRefusal } = createKeyStore(operation, deps);
  try {
    return await commit(operation.execute);
  } catch (error) {
    const replay = await findReplay(error);
    if (replay) return replay;
    if (!toFinalRefusal(error, operation)) throw error;
  }
  try {
    return await commit(operation.execute);
  } catch (error) {
    const refusal = toFinalRefusal(error, operation);
    const replay = await (refusal ? storeRefusal(refusal) : findReplay(error));
    if (replay) return replay;
    throw error;
  }
};
