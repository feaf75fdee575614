import { commonErrors } from '@plinth/contract-kit';
import { IdempotencyKeyConflict, UniqueViolation } from '@plinth/data-kit';
import { MongoError, MongoServerError, MongoServerSelectionError } from 'mongodb';
import { journalName, keyIndex } from './journal-names.ts';

/** The document law refused a write. A broken invariant, so it becomes a 500. */
export class ValidatorViolation extends Error {
  override readonly name = 'ValidatorViolation';
}

/** There has been no primary for so long that nobody waits for one any more. */
export class PrimaryGone extends Error {
  override readonly name = 'PrimaryGone';

  constructor() {
    super('MongoDB has no primary that answers. Check its members and the network to them.');
  }
}

/** A commit may have happened or not, and there is no time left to ask. Its writes must not be sent again. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';

  constructor(options: { cause: unknown }) {
    super('The outcome of a commit is not known.', options);
  }
}

export const duplicateKey = 11_000;
export const documentValidationFailure = 121;
const timeLimitCodes: readonly unknown[] = [50, 262];

const isMongoError = (cause: unknown): cause is MongoError => cause instanceof MongoError;

/** True when no primary was found for seconds: whoever tries again at once waits for as long again. */
export const isGone = (cause: unknown): boolean =>
  cause instanceof MongoServerSelectionError ||
  cause instanceof PrimaryGone ||
  (cause instanceof OutcomeUnknown && isGone(cause.cause));

/** True for what `translate` has made of a failure for want of a primary. */
export const tellsOfGone = (reason: unknown): boolean => isGone((reason as Error).cause);

const isLabelled = (cause: unknown, label: string): boolean => isMongoError(cause) && cause.hasErrorLabel(label);

/** True for what Node says of a socket. The driver passes it on as it is when it writes to one that is being closed. */
const isOfSocket = (cause: unknown): cause is NodeJS.ErrnoException =>
  cause instanceof Error && 'code' in cause && socketCodes.includes(cause.code);
const socketCodes: readonly unknown[] = [
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
];

/** True when the same write set may be committed again from its beginning, and that may help. */
export const isTransient = (cause: unknown): boolean =>
  (isLabelled(cause, 'TransientTransactionError') || isAway(cause)) && !isGone(cause) && !isClosed(cause);

/**
 * True when a commit that failed so may have happened or not; committing again is safe and tells. That is so for
 * whatever is no answer of the server, because the driver sends a lost commit again, and then fails for other reasons.
 */
export const isUnknownCommit = (cause: unknown): boolean =>
  !(cause instanceof MongoServerError) ||
  isLabelled(cause, 'UnknownTransactionCommitResult') ||
  (isAway(cause) && !isLabelled(cause, 'TransientTransactionError'));

// What the server says of `min` and `max` that leave nothing between them, as those of an empty range do.
const emptyBounds = 51_175;
export const isEmptyBounds = (cause: unknown): boolean => isMongoError(cause) && cause.code === emptyBounds;

const closedNames = ['MongoPoolClosedError', 'MongoNotConnectedError', 'MongoTopologyClosedError'];

/** True for what a client throws once it is closed, for good. */
const isClosed = (cause: unknown): boolean => isMongoError(cause) && closedNames.includes(cause.name);

const awayNames = new Set([
  ...closedNames,
  'MongoServerSelectionError',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoPoolClearedError',
  'PoolClearedOnNetworkError',
  'MongoWaitQueueTimeoutError',
]);

/** True when the database could not be reached or had no primary, so that the same command may succeed later. */
export const isAway = (cause: unknown): boolean =>
  isOfSocket(cause) ||
  (isMongoError(cause) &&
    (awayNames.has(cause.name) || isLabelled(cause, 'RetryableWriteError') || isNotPrimary(cause)));

// NotWritablePrimary, PrimarySteppedDown, InterruptedAtShutdown, InterruptedDueToReplStateChange, NotPrimaryNoSecondaryOk, ShutdownInProgress.
const notPrimaryCodes: readonly unknown[] = [10_107, 189, 11_600, 11_602, 13_435, 91];
const isNotPrimary = (cause: MongoError): boolean => notPrimaryCodes.includes(cause.code);

/** Indexes by collection: the error code that a unique one names. */
export type UniqueCodes = (collection: string, index: string) => string | undefined;

const toUniqueViolation = (cause: MongoServerError, codeOf: UniqueCodes): Error => {
  const [, collection = '', index = ''] = /collection: [^.\s]+\.(\S+) index: (\S+)/.exec(cause.message) ?? [];
  if (collection === journalName && index === keyIndex) return new IdempotencyKeyConflict({ cause });
  return new UniqueViolation(codeOf(collection, index) ?? `unnamed index ${index}`, { cause });
};

/** Turns what the driver throws into what the platform speaks. The driver's own error becomes the cause. */
export const translate = (cause: unknown, codeOf: UniqueCodes = () => undefined): unknown => {
  if (cause instanceof OutcomeUnknown || cause instanceof PrimaryGone || isOfSocket(cause)) {
    return commonErrors.unavailable({ cause });
  }
  if (!isMongoError(cause)) return cause;
  if (cause.code === duplicateKey && cause instanceof MongoServerError) return toUniqueViolation(cause, codeOf);
  if (cause.code === documentValidationFailure) {
    return new ValidatorViolation('A document breaks the validator of its collection.', { cause });
  }
  if (timeLimitCodes.includes(cause.code)) return commonErrors.upstreamTimeout({ cause });
  if (isAway(cause) || isTransient(cause)) return commonErrors.unavailable({ cause });
  return cause;
};
