import { type Consumer, type Message, MessageAlreadyHandled } from '@plinth/data-kit';
import { systemClock, systemIds } from '@plinth/service-kit';
import { createContext } from '@plinth/testing';
import { ordersModule } from '../src/module.ts';
import type { useOrders } from './shop.ts';

const jobs: readonly Consumer[] = ordersModule.jobs ?? [];
const options = { clock: systemClock, ids: systemIds };

/** Runs the jobs of long operations when a test says so, as a worker runs them. */
export const useJobs = ({ service }: ReturnType<typeof useOrders>) => {
  const attempt = async ({ _id, tenantId, consumer, event }: Message): Promise<void> => {
    const store = service.datastore.open(ordersModule, options);
    const deps = { ...store.collections, events: store.events, jobs: store.jobs, ...options } as never;
    const ctx = createContext({ tenantId });
    const handle = async () => jobs.find(({ name }) => name === consumer)?.handle(deps)(event as never, ctx);
    const metadata = { operation: `orders.${consumer}`, consumes: _id };
    await store.unitOfWork.run(ctx, handle, metadata).catch((error: unknown) => {
      if (!(error instanceof MessageAlreadyHandled)) throw error;
    });
  };
  const listDue = async (tenantId: string): Promise<Message[]> => {
    const all = (await service.datastore.raw('orders', 'inbox').all()) as unknown as Message[];
    return all.filter((message) => message.tenantId === tenantId && message.state === 'ready');
  };
  /** Runs the jobs of a tenant, at most `max`, until none is due. */
  const settle = async (tenantId: string, max = Number.POSITIVE_INFINITY): Promise<void> => {
    const [due] = await listDue(tenantId);
    if (!due || max === 0) return;
    await attempt(due);
    await settle(tenantId, max - 1);
  };
  return { attempt, listDue, settle };
};
