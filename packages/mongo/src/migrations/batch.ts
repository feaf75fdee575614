import { type Clock, type Ids, StartupError } from '@plinth/data-kit';
import type { ClientSession, Db } from 'mongodb';
import { documentValidationFailure, duplicateKey } from '../mongo-errors.ts';

/** Where a batch reads and writes. Without a session it only counts. */
export type BatchScope = {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly session?: ClientSession;
};

/** How many documents a batch has changed, and where the next one begins, if there is one. */
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

/** Returns the error for a write that the database refuses permanently. It contains no value of the document. */
export const toRefusal = (
  { code }: { readonly code?: unknown },
  { name, at }: { readonly name: string; readonly at: string },
): StartupError | undefined => {
  if (code !== documentValidationFailure && code !== duplicateKey) return undefined;
  const constraint = code === duplicateKey ? 'A unique index' : 'The validator of its collection';
  return toStopped(`${constraint} refuses the migrated document.`, { name, at });
};

/** Returns the error for a migration that cannot continue past a document. */
export const toStopped = (why: string, { name, at }: { readonly name: string; readonly at: string }): StartupError =>
  new StartupError(
    `The migration '${name}' stops at ${at}. ${why} Correct the document or the migration, then run \`npm run db -- migrate\` again.`,
  );
