import { commonErrors } from '@plinth/contract-kit';
import { IdempotencyKeyConflict, UniqueViolation } from '@plinth/data-kit';
import { MongoError, MongoServerError, MongoServerSelectionError, MongoWriteConcernError } from 'mongodb';
import { journalName, keyField, keysName } from './journal/journal-names.ts';

/** The schema validator rejected a write. A broken invariant, so it becomes a 500. */
export class ValidatorViolation extends Error {
  override readonly name = 'ValidatorViolation';
}

/** No primary was available for longer than a request waits. */
export class NoPrimaryError extends Error {
  override readonly name = 'NoPrimaryError';

  constructor() {
    super('No MongoDB primary responds. Check the members of the replica set and the network to them.');
  }
}

/** The outcome of a commit is unknown and cannot be found out. Its writes must not be sent again. */
export class UnknownOutcome extends Error {
  override readonly name = 'UnknownOutcome';

  constructor(options: { cause: unknown }) {
    super('The outcome of a commit is unknown.', options);
  }
}

export const duplicateKey = 11_000;
export const documentValidationFailure = 121;
// BSONObjectTooLarge, TransactionTooLarge, TransactionTooLargeForCache, and the result of an update, by servers before 6.0.
const tooLargeCodes: readonly unknown[] = [10_334, 257, 388, 17_419, 17_420];
const timeLimitCodes: readonly unknown[] = [50, 262];

const isMongoError = (cause: unknown): cause is MongoError => cause instanceof MongoError;

/** True when the server has ended a command at its time limit. */
export const isTimeLimit = (cause: unknown): boolean => isMongoError(cause) && timeLimitCodes.includes(cause.code);

/** True when no primary was found for seconds. A retry would wait that long again. */
export const isNoPrimary = (cause: unknown): boolean =>
  cause instanceof MongoServerSelectionError ||
  cause instanceof NoPrimaryError ||
  (cause instanceof UnknownOutcome && isNoPrimary(cause.cause));

/** True for an error that `toApiError` created for a missing primary. */
export const isCausedByNoPrimary = (error: unknown): boolean => isNoPrimary((error as Error).cause);

const hasLabel = (cause: unknown, label: string): boolean => isMongoError(cause) && cause.hasErrorLabel(label);

const socketCodes: readonly unknown[] = [
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
];

/** True for a socket error, which the driver throws unwrapped when it writes to a connection that is being closed. */
const isSocketError = (cause: unknown): cause is NodeJS.ErrnoException =>
  cause instanceof Error && 'code' in cause && socketCodes.includes(cause.code);

const closedNames = ['MongoPoolClosedError', 'MongoNotConnectedError', 'MongoTopologyClosedError'];

const isClosed = (cause: unknown): boolean => isMongoError(cause) && closedNames.includes(cause.name);

const unreachableNames = new Set([
  ...closedNames,
  'MongoServerSelectionError',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoPoolClearedError',
  'PoolClearedOnNetworkError',
  'MongoWaitQueueTimeoutError',
]);

// NotWritablePrimary, PrimarySteppedDown, InterruptedAtShutdown, InterruptedDueToReplStateChange, NotPrimaryNoSecondaryOk, ShutdownInProgress.
const notPrimaryCodes: readonly unknown[] = [10_107, 189, 11_600, 11_602, 13_435, 91];

/** True when the database was unreachable or had no primary, so the same command may succeed later. */
export const isUnreachable = (cause: unknown): boolean =>
  isSocketError(cause) ||
  (isMongoError(cause) &&
    (unreachableNames.has(cause.name) ||
      hasLabel(cause, 'RetryableWriteError') ||
      notPrimaryCodes.includes(cause.code)));

/** True when the same write set can be committed again in a new transaction and may succeed. */
export const isRetryable = (cause: unknown): boolean =>
  (hasLabel(cause, 'TransientTransactionError') || isUnreachable(cause)) && !isNoPrimary(cause) && !isClosed(cause);

/** True when the server has aborted the transaction of a failed commit. After any other error its outcome is unknown. */
export const isAborted = (cause: unknown): boolean =>
  cause instanceof MongoServerError && hasLabel(cause, 'TransientTransactionError');

/**
 * True when a commit with an unknown outcome can be sent again and may return the outcome. That includes every error that is
 * not a response of the server, because the driver repeats a lost commit and can then fail for other reasons.
 */
export const isRepeatableCommit = (cause: unknown): boolean =>
  !(cause instanceof MongoServerError) || hasLabel(cause, 'UnknownTransactionCommitResult') || isUnreachable(cause);

// The server's error for `min` and `max` with nothing between them, such as those of an empty range.
const emptyBounds = 51_175;
export const isEmptyBounds = (cause: unknown): boolean => isMongoError(cause) && cause.code === emptyBounds;

/** Returns the error code of the unique index over these fields, in any order. */
export type FindUniqueCode = (collection: string, fields: ReadonlySet<string>) => string | undefined;

const toUniqueViolation = (cause: MongoServerError, findUniqueCode: FindUniqueCode): Error => {
  const [, collection = '', index = ''] = /collection: [^.\s]+\.(\S+) index: (\S+)/.exec(cause.message) ?? [];
  // By its fields, because a repair keeps the values unique by an index of another name for a while.
  const fields = new Set(Object.keys((cause['keyPattern'] as object | undefined) ?? {}));
  const isKey = collection === keysName || (collection === journalName && fields.has(keyField));
  if (isKey) return new IdempotencyKeyConflict({ cause });
  return new UniqueViolation(findUniqueCode(collection, fields) ?? `unnamed index ${index}`, { cause });
};

/** Converts an error of the driver to one of the platform, with the driver's error as its cause. */
export const toApiError = (cause: unknown, findUniqueCode: FindUniqueCode = () => undefined): unknown => {
  if (cause instanceof UnknownOutcome) return commonErrors.outcomeUnknown({ cause });
  if (cause instanceof NoPrimaryError || isSocketError(cause)) return commonErrors.unavailable({ cause });
  if (!isMongoError(cause)) return cause;
  if (cause.code === duplicateKey && cause instanceof MongoServerError) return toUniqueViolation(cause, findUniqueCode);
  if (cause.code === documentValidationFailure) {
    return new ValidatorViolation('A document breaks the validator of its collection.', { cause });
  }
  if (isTimeLimit(cause)) return commonErrors.upstreamTimeout({ cause });
  if (tooLargeCodes.includes(cause.code)) return commonErrors.changeTooLarge({ cause });
  // Thrown for a single write that can be repeated, such as the release of an expired key; a commit has an unknown outcome instead.
  if (cause instanceof MongoWriteConcernError) return commonErrors.unavailable({ cause });
  if (isUnreachable(cause) || isRetryable(cause)) return commonErrors.unavailable({ cause });
  return cause;
};
