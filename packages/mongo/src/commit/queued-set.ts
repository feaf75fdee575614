import { commonErrors } from '@plinth/contract-kit';
import type { Ctx } from '@plinth/data-kit';
import type { CommitSet } from './commit-set.ts';

/** A write set that waits for its outcome. */
export type QueuedSet = CommitSet & {
  readonly ctx: Ctx;
  readonly outcome: Promise<void>;
  /** True while a commit that includes the set may take effect. */
  isCommitting: boolean;
  /** True when the set has failed in a group: it is tried alone, with one command for each write. */
  hasFailed: boolean;
  /** Once it has an outcome, the set is not sent any more. */
  isSettled(): boolean;
  resolve(): void;
  reject(reason: unknown): void;
};

export type NonEmptySets = readonly [QueuedSet, ...QueuedSet[]];

export const isNonEmpty = (sets: readonly QueuedSet[]): sets is NonEmptySets => sets.length > 0;

/** The deadline of a set of this transaction passed before its commit. The others are sent again without it. */
export class SetExpired extends Error {
  override readonly name = 'SetExpired';
}

/** Some sets made the transaction of their group fail, with the error of the first one as the cause. */
export class SetsFailed extends Error {
  override readonly name = 'SetsFailed';
  readonly sets: readonly QueuedSet[];

  constructor(sets: readonly QueuedSet[], options: { cause: unknown }) {
    super('Some sets of a group failed.', options);
    this.sets = sets;
  }
}

/** @throws `SetExpired` unless every set still waits for its outcome. */
export const assertNoneSettled = (sets: readonly QueuedSet[]): void => {
  if (sets.some((set) => set.isSettled())) throw new SetExpired();
};

/**
 * Creates a set that is rejected at its own deadline, while a commit that includes it continues for the others: with
 * `outcome-unknown` when the commit has been sent, else with `upstream-timeout`, and it is not committed later.
 */
export const createQueuedSet = (ctx: Ctx, commitSet: CommitSet, remainingMs: number): QueuedSet => {
  const { promise: outcome, resolve, reject } = Promise.withResolvers<void>();
  let isSettled = false;
  const settle = (): void => {
    isSettled = true;
    clearTimeout(timer);
  };
  const set: QueuedSet = {
    ...commitSet,
    ctx,
    outcome,
    isCommitting: false,
    hasFailed: false,
    isSettled: () => isSettled,
    resolve: () => {
      settle();
      resolve();
    },
    reject: (reason) => {
      settle();
      reject(reason);
    },
  };
  const expire = (): void =>
    set.reject(set.isCommitting ? commonErrors.outcomeUnknown() : commonErrors.upstreamTimeout());
  const timer = setTimeout(expire, remainingMs);
  return set;
};
