import { type Clock, type Ids, StartupError } from '@plinth/data-kit';
import type { ClientSession, Db } from 'mongodb';
import { documentValidationFailure, duplicateKey } from '../mongo-errors.ts';

/** The database and session of a batch. Without a session the batch only counts documents. */
export type BatchScope = {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly session?: ClientSession;
};

/** The number of documents that a batch has changed, and the position of the next batch, or undefined after the last one. */
export type Batch = { readonly changed: number; readonly next: string | undefined };

/**
 * Processes a collection batch by batch, in the order of its ids or of its tenants. It crosses tenants on purpose, so only
 * migrations use it, and each is logged.
 */
export type Scan = {
  readonly collection: string;
  readonly perSecond: number;
  readonly batch: (scope: BatchScope, position: string) => Promise<Batch>;
};

export const perSecondDefault = 2000;

/** The migration and the document at which a scan stops. */
type StoppedAt = { readonly migration: string; readonly document: string };

/** Returns the error for a write that violates a constraint. It contains no value of the document. */
export const toConstraintError = (
  { code }: { readonly code?: unknown },
  stoppedAt: StoppedAt,
): StartupError | undefined => {
  if (code !== documentValidationFailure && code !== duplicateKey) return undefined;
  const constraint = code === duplicateKey ? 'A unique index' : 'The validator of its collection';
  return createStopError(`${constraint} rejects the migrated document.`, stoppedAt);
};

/** Returns the error for a migration that cannot continue past a document. */
export const createStopError = (reason: string, { migration, document }: StoppedAt): StartupError =>
  new StartupError(
    `The migration '${migration}' stops at ${document}. ${reason} Correct the document or the migration, then run \`npm run db -- migrate\` again.`,
  );
