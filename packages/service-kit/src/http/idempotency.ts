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

/** True for a route whose calls may carry an `Idempotency-Key`: it writes, and knows whose key it is. */
export const takesKey = ({ method, auth }: RouteSpec): boolean => method !== 'GET' && auth !== 'public';

const refusal = (message: string) =>
  commonErrors.invalidRequest({
    detail: `header/idempotency-key: ${message}.`,
    errors: [{ pointer: '/idempotency-key', location: 'header', code: 'invalid-key', message }],
  });

const bare = /^[\x20-\x7e]{1,255}$/;
const quoted = /^"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"$/;

/**
 * The key of a call, bare or quoted, which is the same key; none without the header.
 * @throws `invalid-request` for anything but 1 to 255 printable characters, and for a route that requires a key.
 */
export const keyOf = ({ raw }: Pick<FastifyRequest, 'raw'>, route: RouteSpec): string | undefined => {
  const header = raw.headers['idempotency-key'];
  if (header === undefined) {
    if (route.idempotency !== 'required') return undefined;
    throw refusal('is required here: send a new random key with each new request');
  }
  if (raw.rawHeaders.filter((name, at) => at % 2 === 0 && /^idempotency-key$/i.test(name)).length > 1) {
    throw refusal('is there twice; send one');
  }
  const text = String(header).trim();
  const isQuoted = text.startsWith('"');
  if (isQuoted && !quoted.test(text)) throw refusal('begins with a quote and is not a quoted string');
  const key = isQuoted ? text.slice(1, -1).replaceAll(/\\(.)/g, '$1') : text;
  if (!bare.test(key)) throw refusal('must be 1 to 255 printable characters');
  return key;
};

/** Equal for two calls of one route that ask for the same: same path, same query, same validated body. */
export const fingerprintOf = ({ url, body }: Pick<FastifyRequest, 'url' | 'body'>): string =>
  hash('sha256', `${url}\n${JSON.stringify(body) ?? ''}`, 'base64url');

export type KeyedCall = {
  readonly ctx: Ctx;
  /** The operation id. */
  readonly operation: string;
  /** As the client chose it. */
  readonly key: string;
  readonly fingerprint: string;
  /** Runs the action and encodes what it answers. */
  readonly work: () => Promise<StoredResponse>;
  /** The answer to a failure that stands for as long as the key does; none for one that may pass. */
  readonly refusalOf: (error: unknown) => StoredResponse | undefined;
};

export type OnceParts = { readonly unitOfWork: UnitOfWork; readonly journal: Journal };
export type OnceAnswer = { readonly answer: StoredResponse; readonly replayed: boolean };

const replay = ({ fingerprint, response }: IdempotencyRecord, call: KeyedCall): OnceAnswer => {
  if (fingerprint !== call.fingerprint) throw commonErrors.idempotencyMismatch();
  return { answer: response, replayed: true };
};

/**
 * Answers a call with a key, however often and however much at once it is sent: the effect happens once, and its answer
 * is given again. It is optimistic: the call runs, the commit claims the key, and only who fails looks the key up.
 * @throws `idempotency-mismatch` when the key was used for another request, or what the call itself throws.
 */
export const answerOnce = async (call: KeyedCall, { unitOfWork, journal }: OnceParts): Promise<OnceAnswer> => {
  const { ctx, operation, fingerprint, work } = call;
  const key = `${ctx.actor.id} ${operation} ${call.key}`;
  const receipt = { operation, keyed: { key, fingerprint, toResponse: (answer: StoredResponse) => answer } };
  try {
    return { answer: await unitOfWork.run(ctx, work, receipt), replayed: false };
  } catch (error) {
    // The database is away or late: to ask it more would only take longer, and the key still finds all or nothing.
    if (error instanceof ApiError && error.status >= 503) throw error;
    const refused = call.refusalOf(error);
    const kept = await journal.find(ctx, key).catch((cause: unknown) => {
      // A refusal may come from an effect of this very call, whose first answer was lost: without a look nobody knows.
      throw refused || error instanceof IdempotencyKeyConflict ? commonErrors.unavailable({ cause }) : error;
    });
    if (kept) return replay(kept, call);
    if (error instanceof IdempotencyKeyConflict) throw commonErrors.unavailable({ cause: error });
    if (!refused) throw error;
    const twin = await unitOfWork
      .run(ctx, async () => refused, receipt)
      .then(
        () => undefined,
        (cause: unknown) => (cause instanceof IdempotencyKeyConflict ? journal.find(ctx, key) : undefined),
      );
    if (twin) return replay(twin, call);
    throw error;
  }
};
