import { type OperationError, operationErrorsMax } from '@plinth/contract-kit';
import { z } from 'zod';
import type { Collection } from '../collections/collection.ts';
import type { Clock, Ctx } from '../context/context.ts';
import { defineJob } from '../messages/job.ts';
import type { Jobs } from '../messages/jobs.ts';
import type { OperationDocument } from './operation.ts';

type Deps = {
  readonly operations: Collection<OperationDocument, 'find' | 'insert' | 'update'>;
  readonly jobs: Jobs;
  readonly clock: Clock;
};

/** An operation that makes no progress for this long has failed. Its pieces are dead by then, or their consumer is paused. */
const stalledMs = 60 * 60 * 1000;

const stalledJob = { name: 'fail-stalled-operation', input: z.object({ operationId: z.string() }) } as const;

export type NewOperation = {
  readonly kind: string;
  /** By default a new one. Given where chunks of the input were stored before. */
  readonly id?: string;
  readonly total?: number;
};

/** Stores a running operation. The caller enqueues the job of its first piece. */
export const startOperation = (
  { operations, jobs, clock }: Pick<Deps, 'jobs' | 'clock'> & { operations: Collection<OperationDocument, 'insert'> },
  ctx: Ctx,
  { kind, id, total }: NewOperation,
): OperationDocument => {
  const now = clock.now();
  const draft = { kind, status: 'running', pieces: 0, done: 0, failed: 0, createdBy: ctx.actor.id } as const;
  const operation = operations
    .for(ctx)
    .insert(
      { ...draft, lineErrors: [], ...(total !== undefined && { total }) },
      id === undefined ? undefined : { id, at: now },
    );
  const at = new Date(now.getTime() + stalledMs);
  jobs.enqueue(ctx, stalledJob, { input: { operationId: operation._id }, at });
  return operation;
};

/** A piece of an operation, as its job names it. */
export type OperationPiece = { readonly operationId: string; readonly piece: number };

/** Returns the operation if this is its next piece. Otherwise it has ended or expired, and the job has nothing to do. */
export const findRunningOperation = async (
  { operations }: Pick<Deps, 'operations'>,
  ctx: Ctx,
  { operationId, piece }: OperationPiece,
): Promise<OperationDocument | undefined> => {
  const operation = await operations.for(ctx).find({ _id: operationId });
  return operation?.status === 'running' && operation.pieces === piece ? operation : undefined;
};

export type OperationProgress = {
  /** The items of this piece, with those that were refused. */
  readonly done: number;
  readonly errors?: readonly OperationError[];
  readonly isLast: boolean;
  readonly resultPath?: string;
};

/**
 * Records that a piece is done, in the write set of its effects. The commit fails with `stale-version` if the operation was cancelled
 * meanwhile, and the next attempt finds that it has ended.
 */
export const advanceOperation = (
  { operations, clock }: Pick<Deps, 'operations' | 'clock'>,
  ctx: Ctx,
  { operation, progress }: { readonly operation: OperationDocument; readonly progress: OperationProgress },
): OperationDocument => {
  const { done, errors = [], isLast, resultPath } = progress;
  const kept = errors.slice(0, operationErrorsMax - operation.lineErrors.length);
  return operations.for(ctx).update(operation, {
    $set: {
      pieces: operation.pieces + 1,
      done: operation.done + done,
      ...(errors.length > 0 && { failed: operation.failed + errors.length }),
      ...(kept.length > 0 && { lineErrors: [...operation.lineErrors, ...kept] }),
      ...(isLast && { status: 'succeeded', endedAt: clock.now(), ...(resultPath !== undefined && { resultPath }) }),
    },
  });
};

/** Fails an operation that makes no progress, so that none is running for ever. */
export const failStalledOperation = defineJob({
  ...stalledJob,
  handle:
    ({ operations, jobs, clock }: Deps) =>
    async ({ operationId }, ctx: Ctx): Promise<void> => {
      const operation = await operations.for(ctx).find({ _id: operationId });
      if (operation?.status !== 'running') return;
      const now = clock.now();
      const at = new Date(operation.updatedAt.getTime() + stalledMs);
      if (at > now) {
        jobs.enqueue(ctx, stalledJob, { input: { operationId }, at });
        return;
      }
      operations.for(ctx).update(operation, { $set: { status: 'failed', reason: 'no-progress', endedAt: now } });
    },
});
