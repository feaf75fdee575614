import { type Clock, type Ids, StartupError } from '@plinth/data-kit';
import type { ClientSession, Db } from 'mongodb';
import { documentValidationFailure, duplicateKey } from '../mongo-errors.ts';

/** Where a batch reads and writes. Without a session it only looks. */
export type BatchScope = {
  readonly db: Db;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly session?: ClientSession;
};

/** What a batch came to: how many documents it has changed, and where the next one begins, if there is one. */
export type Batch = { readonly changed: number; readonly next: string | undefined };

/**
 * A way through a collection, batch by batch, in the order of its ids or of its tenants. It crosses tenants, as nothing
 * else does: a document of one tenant is as old as its neighbour of another. So only migrations walk, and each is logged.
 */
export type Scan = {
  readonly collection: string;
  readonly perSecond: number;
  readonly batch: (scope: BatchScope, position: string) => Promise<Batch>;
};

export const perSecondDefault = 2000;

/** The sentence for a write that the database refuses for good, or nothing. It holds no value of the document. */
export const toRefusal = (
  { code }: { readonly code?: unknown },
  { name, at }: { readonly name: string; readonly at: string },
): StartupError | undefined => {
  if (code !== documentValidationFailure && code !== duplicateKey) return undefined;
  const law = code === duplicateKey ? 'A unique index' : 'The validator of its collection';
  return toStopped(`${law} refuses what the migration makes of it.`, { name, at });
};

/** The sentence for a migration that cannot go past a document. */
export const toStopped = (why: string, { name, at }: { readonly name: string; readonly at: string }): StartupError =>
  new StartupError(
    `The migration '${name}' stops at ${at}. ${why} Correct the document or the migration, then run \`npm run db -- migrate\` again.`,
  );
