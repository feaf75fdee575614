import { type Consumer, failStalledOperation, MessageAlreadyHandled } from '@plinth/data-kit';
import { createContext } from '@plinth/testing';
import { exportProductsPiece, importProductsPiece } from '../jobs/index.ts';
import { createShop } from './shop.ts';

const jobs: readonly Consumer[] = [exportProductsPiece, importProductsPiece, failStalledOperation];

/** Creates a shop whose long operations advance when a test says so, as a worker runs their jobs. */
export const createOperations = () => {
  const shop = createShop();
  const { db, owner } = shop;
  type Stored = ReturnType<typeof db.messages>[number];
  /** Attempts a job. `before` runs between the action and the commit, as another request does. */
  const attempt = async ({ _id, tenantId, consumer, event }: Stored, before?: () => Promise<void>): Promise<void> => {
    const ctx = createContext({ tenantId });
    const handle = async () => {
      await jobs.find(({ name }) => name === consumer)?.handle(db as never)(event as never, ctx);
      await before?.();
    };
    await db.store.unitOfWork.run(ctx, handle, { operation: consumer, consumes: _id }).catch((error: unknown) => {
      if (!(error instanceof MessageAlreadyHandled)) throw error;
    });
  };
  const listDue = async (): Promise<Stored[]> => {
    await db.store.inbox.releaseDue();
    return db.messages().filter(({ state }) => state === 'ready');
  };
  /** Runs jobs, at most `max`, until none is due. */
  const settle = async (max = Number.POSITIVE_INFINITY): Promise<void> => {
    const [due] = await listDue();
    if (!due || max === 0) return;
    await attempt(due);
    await settle(max - 1);
  };
  return {
    ...shop,
    attempt,
    listDue,
    settle,
    storedOperation: ({ id }: { readonly id: string }) => db.operations.all().find(({ _id }) => _id === id),
    /** Cancels an operation as the route does. */
    cancel: ({ id }: { readonly id: string }) =>
      db.unitOfWork(async (_: object, ctx) => {
        const change = { $set: { status: 'cancelled', endedAt: db.clock.now() } } as const;
        db.operations.for(ctx).updateWhere({ _id: id, status: 'running' }, change, new Error('ended') as never);
      })({}, owner),
    collect: async <T>(items: AsyncIterable<T>): Promise<T[]> => {
      const all: T[] = [];
      for await (const item of items) all.push(item);
      return all;
    },
  };
};
