import { commonErrors, operationsErrors } from '@plinth/contract-kit';
import type { ProductsService } from '@plinth/contracts/orders';
import type { Collection, Ctx, OperationChunkDocument, OperationDocument } from '@plinth/data-kit';
import type { Product } from '@plinth/dtos/orders';
import { exportKind } from './product-operations.ts';

type Deps = {
  operations: Collection<OperationDocument, 'get'>;
  operationChunks: Collection<OperationChunkDocument, 'find'>;
};

/** Returns the copied products, and holds one page at a time. A page that has expired meanwhile ends the response in the middle. */
async function* iterateProducts({ operationChunks }: Deps, { _id: operationId, pieces }: OperationDocument, ctx: Ctx) {
  for (let index = 0; index < pieces; index += 1) {
    const chunk = await operationChunks.for(ctx).find({ operationId, index });
    if (!chunk) throw commonErrors.notFound();
    for (const line of chunk.chunkText.split('\n')) {
      if (line !== '') yield JSON.parse(line) as Product;
    }
  }
}

export const downloadProductExport =
  (deps: Deps): ProductsService['downloadProductExport'] =>
  async ({ id }, ctx) => {
    const operation = await deps.operations.for(ctx).get(id);
    if (operation.kind !== exportKind) throw commonErrors.notFound();
    if (operation.status !== 'succeeded') throw operationsErrors.operationNotSucceeded();
    return iterateProducts(deps, operation, ctx);
  };
