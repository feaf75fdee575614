import {
  advanceOperation,
  type Clock,
  type Collection,
  type Ctx,
  defineJob,
  findRunningOperation,
  type Jobs,
  type OperationChunkDocument,
  type OperationDocument,
} from '@plinth/data-kit';
import { type ProductDocument, toProduct } from '@plinth/models/orders';
import { exportPieceJob } from '../product-operations.ts';

type Deps = {
  readonly operations: Collection<OperationDocument, 'find' | 'insert' | 'update'>;
  readonly operationChunks: Collection<OperationChunkDocument, 'insert'>;
  readonly products: Collection<ProductDocument, 'list'>;
  readonly jobs: Jobs;
  readonly clock: Clock;
};

const pageSize = 100;

/** Copies a page of products. The page, the progress and the job of the next page are one commit, so a killed worker loses none. */
export const exportProductsPiece = defineJob({
  ...exportPieceJob,
  handle:
    (deps: Deps) =>
    async ({ operationId, piece, status, cursor }, ctx: Ctx): Promise<void> => {
      const operation = await findRunningOperation(deps, ctx, { operationId, piece });
      if (!operation) return;
      const query = { where: status ? { status } : {}, sort: 'createdAt', limit: pageSize, cursor } as const;
      const { items, nextCursor } = await deps.products.for(ctx).list(query, toProduct);
      const chunkText = items.map((product) => `${JSON.stringify(product)}\n`).join('');
      deps.operationChunks.for(ctx).insert({ operationId, index: piece, chunkText });
      const isLast = nextCursor === null;
      const resultPath = `/v1/product-exports/${operationId}`;
      advanceOperation(deps, ctx, { operation, progress: { done: items.length, isLast, resultPath } });
      if (isLast) return;
      deps.jobs.enqueue(ctx, exportPieceJob, { input: { operationId, piece: piece + 1, status, cursor: nextCursor } });
    },
});
