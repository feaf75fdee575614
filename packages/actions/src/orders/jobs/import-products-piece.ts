import type { OperationError } from '@plinth/contract-kit';
import {
  advanceOperation,
  type Clock,
  type Collection,
  type Ctx,
  defineJob,
  type Events,
  findRunningOperation,
  type Jobs,
  type OperationChunkDocument,
  type OperationDocument,
  type OperationLine,
  parseChunkText,
} from '@plinth/data-kit';
import type { ProductDocument } from '@plinth/models/orders';
import { ordersErrors } from '@plinth/service-contracts/orders';
import { createProduct } from '../create-product.ts';
import { parseProductLine } from '../parse-product-line.ts';
import { importPieceJob } from '../product-operations.ts';

type Deps = {
  readonly operations: Collection<OperationDocument, 'find' | 'insert' | 'update'>;
  readonly operationChunks: Collection<OperationChunkDocument, 'find' | 'remove'>;
  readonly products: Collection<ProductDocument, 'find' | 'insert'>;
  readonly events: Events;
  readonly jobs: Jobs;
  readonly clock: Clock;
};

/**
 * Creates the products of some lines in the write set of `ctx`. Returns the errors of the others. A SKU that is taken between the read and
 * the commit fails the attempt, and the next one finds it.
 */
const createProducts = async (deps: Deps, lines: readonly OperationLine[], ctx: Ctx): Promise<OperationError[]> => {
  const parsed = lines.map((line) => ({ line: line.line, ...parseProductLine(line) }));
  const skus = [...new Set(parsed.flatMap(({ product }) => (product ? [product.sku] : [])))];
  const found = await Promise.all(skus.map((sku) => deps.products.for(ctx).find({ sku })));
  const taken = new Set(found.flatMap((product) => (product ? [product.sku] : [])));
  const errors: OperationError[] = [];
  for (const { line, product, error } of parsed) {
    if (error) errors.push(error);
    else if (taken.has(product.sku)) {
      const { code, title } = ordersErrors.skuTaken.spec;
      errors.push({ line, code, detail: title });
    } else {
      taken.add(product.sku);
      await createProduct(deps)({ body: product }, ctx);
    }
  }
  return errors;
};

/**
 * Creates the products of a chunk. They, the progress, the removal of the chunk and the job of the next one are one commit, so a worker
 * that is killed has each line once.
 */
export const importProductsPiece = defineJob({
  ...importPieceJob,
  handle:
    (deps: Deps) =>
    async ({ operationId, piece }, ctx: Ctx): Promise<void> => {
      const operation = await findRunningOperation(deps, ctx, { operationId, piece });
      if (!operation) return;
      const chunk = await deps.operationChunks.for(ctx).find({ operationId, index: piece });
      const lines = chunk ? parseChunkText(chunk.chunkText) : [];
      const errors = await createProducts(deps, lines, ctx);
      if (chunk) deps.operationChunks.for(ctx).remove(chunk);
      const isLast = operation.done + lines.length >= (operation.total ?? 0);
      if (!isLast && !chunk) throw new Error(`The chunk ${piece} of the operation ${operationId} is missing.`);
      advanceOperation(deps, ctx, { operation, progress: { done: lines.length, errors, isLast } });
      if (!isLast) deps.jobs.enqueue(ctx, importPieceJob, { input: { operationId, piece: piece + 1 } });
    },
});
