import { type Message, MessageAlreadyHandled } from '@plinth/data-kit';
import type { TestDatastore } from '@plinth/mongo/testing';
import { type Module, systemClock, systemIds } from '@plinth/service-kit';
import { createContext } from '@plinth/testing';

type Opened = { readonly modules: readonly Module[]; readonly datastore: TestDatastore };

const options = { clock: systemClock, ids: systemIds };

/** Runs the jobs of long operations of a tenant that are ready, as a worker does, until none is left. */
export const runJobs = async ({ modules, datastore }: Opened, tenantId: string): Promise<void> => {
  for (const module of modules) {
    const jobs = (module.jobs ?? []).filter(({ name }) => name.endsWith('-piece'));
    if (jobs.length === 0) continue;
    const store = datastore.open(module, options);
    const deps = { ...store.collections, events: store.events, jobs: store.jobs, ...options } as never;
    const listReady = async (): Promise<Message[]> =>
      ((await datastore.raw(module.name, 'inbox').all()) as unknown as Message[]).filter(
        (message) =>
          message.tenantId === tenantId &&
          message.state === 'ready' &&
          jobs.some(({ name }) => name === message.consumer),
      );
    for (let ready = await listReady(); ready.length > 0; ready = await listReady()) {
      for (const { _id, consumer, event } of ready) {
        const ctx = createContext({ tenantId });
        const handle = async () => jobs.find(({ name }) => name === consumer)?.handle(deps)(event as never, ctx);
        const metadata = { operation: `${module.name}.${consumer}`, consumes: _id };
        await store.unitOfWork.run(ctx, handle, metadata).catch((error: unknown) => {
          if (!(error instanceof MessageAlreadyHandled)) throw error;
        });
      }
    }
  }
};
