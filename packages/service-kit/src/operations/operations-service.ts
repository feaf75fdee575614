import { commonErrors, type operationsContract, operationsErrors } from '@plinth/contract-kit';
import {
  type Clock,
  type Collection,
  type Ctx,
  type OperationDocument,
  type ServiceOf,
  toOperation,
} from '@plinth/data-kit';

/** The long operations of a module. */
export type ModuleOperations = { readonly operations: Collection<OperationDocument, 'find' | 'updateWhere'> };

/** Returns the module of `all` that has the operation in the tenant of `ctx`, with the operation. */
export const findOwner = async <M extends ModuleOperations>(
  all: readonly M[],
  id: string,
  ctx: Ctx,
): Promise<{ readonly owner: M; readonly operation: OperationDocument } | undefined> => {
  const found = await Promise.all(
    all.map(async (owner) => ({ owner, operation: await owner.operations.for(ctx).find({ _id: id }) })),
  );
  return found.find(
    (entry): entry is { owner: Awaited<M>; operation: OperationDocument } => entry.operation !== undefined,
  );
};

/** Creates the operations on long operations of some modules. */
export const createOperationsService = (
  all: readonly ModuleOperations[],
  clock: Clock,
): ServiceOf<typeof operationsContract> => ({
  getOperation: async ({ id }, ctx) => {
    const found = await findOwner(all, id, ctx);
    if (!found) throw commonErrors.notFound();
    return toOperation(found.operation);
  },
  cancelOperation: async ({ id }, ctx) => {
    const found = await findOwner(all, id, ctx);
    if (!found) throw commonErrors.notFound();
    // Not its version: pieces that are done meanwhile do not prevent a cancellation.
    found.owner.operations
      .for(ctx)
      .updateWhere(
        { _id: id, status: 'running' },
        { $set: { status: 'cancelled', endedAt: clock.now() } },
        operationsErrors.operationEnded(),
      );
  },
});
