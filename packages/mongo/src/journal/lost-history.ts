import { MongoServerError } from 'mongodb';

/**
 * When a stream cannot continue, rows are read again from this long before the last delivered one. The time of a row is
 * earlier than its commit, by at most the lifetime of a transaction (60 s) and the deadline of a request (8 s), and the clock
 * of the process that wrote it may be 30 s slow.
 */
export const overlapMs = 120_000;

/** The server no longer has the history after the token, or does not accept it: InvalidResumeToken, BSONObjectTooLarge, ChangeStreamFatalError, ChangeStreamHistoryLost. */
const lostHistoryCodes: readonly unknown[] = [260, 280, 286, 10_334];

/** True when a change stream cannot continue where it ended. */
export const isHistoryLost = (cause: unknown): boolean =>
  cause instanceof MongoServerError && lostHistoryCodes.includes(cause.code);
