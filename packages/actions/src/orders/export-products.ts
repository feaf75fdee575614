import type { ProductsService } from '@plinth/contracts/orders';
import {
  type Clock,
  type Collection,
  type Jobs,
  type OperationDocument,
  startOperation,
  toOperation,
} from '@plinth/data-kit';
import { exportKind, exportPieceJob } from './product-operations.ts';

type Deps = { operations: Collection<OperationDocument, 'insert'>; jobs: Jobs; clock: Clock };

/** Starts an export. A job copies its first page, and enqueues the next one. */
export const exportProducts =
  (deps: Deps): ProductsService['exportProducts'] =>
  async ({ body: { productStatus: status } }, ctx) => {
    const operation = startOperation(deps, ctx, { kind: exportKind });
    deps.jobs.enqueue(ctx, exportPieceJob, { input: { operationId: operation._id, piece: 0, status } });
    return toOperation(operation);
  };
