import type { UnitOfWork } from '../datastore/unit-of-work.ts';
import type { JournalEntry } from './journal-reader.ts';

/** Signs statements, so that a later change of one is found. */
export type Signer = {
  /** Returns a compact JWS of the statement. */
  sign(statement: object): Promise<string>;
};

/** The dependencies of a journal consumer besides those of actions. */
export type JournalConsumerDeps = {
  readonly unitOfWork: UnitOfWork;
  readonly signer: Signer;
};

/**
 * Handles the next entries in the journal of a module, in the order of their commits and of **every tenant**. It receives them
 * again after a failure, and at the same time as entries of other modules.
 */
export type ReceiveEntries = (
  entries: readonly JournalEntry[],
  options: { readonly source: string; readonly signal: AbortSignal },
) => Promise<void>;

/** Receives the journal of every other module, entry by entry, as the audit trail does. A worker runs it. */
export type JournalConsumer<Deps = never> = {
  /** The place in each journal is stored under this name: it never changes. */
  readonly name: string;
  /** The errors of the unique indexes of the module that it may violate. */
  readonly errors: readonly { readonly spec: { readonly code: string } }[];
  readonly receive: (deps: Deps) => ReceiveEntries;
};
