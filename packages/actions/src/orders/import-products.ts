import type { ProductsService } from '@plinth/contracts/orders';
import {
  type Clock,
  type Collection,
  type Jobs,
  type OperationDocument,
  startOperation,
  toOperation,
} from '@plinth/data-kit';
import { importKind, importPieceJob } from './product-operations.ts';

type Deps = { operations: Collection<OperationDocument, 'insert'>; jobs: Jobs; clock: Clock };

/** Starts an import of lines that are stored. A job creates the products of the first chunk, and enqueues the next one. */
export const importProducts =
  (deps: Deps): ProductsService['importProducts'] =>
  async ({ upload: { operationId, lines: total } }, ctx) => {
    const operation = startOperation(deps, ctx, { kind: importKind, id: operationId, total });
    deps.jobs.enqueue(ctx, importPieceJob, { input: { operationId, piece: 0 } });
    return toOperation(operation);
  };
