import type { JournalConsumer, JournalEntry } from '@plinth/data-kit';
import type { TestDatastore } from '@plinth/mongo/testing';
import { type Module, systemClock, systemIds } from '@plinth/service-kit';

type Opened = { readonly modules: readonly Module[]; readonly datastore: TestDatastore };

/** Delivers the journals of all modules to the journal consumers, as a worker does. Returns the modules that have one. */
export const consumeJournals = async ({ modules, datastore }: Opened): Promise<Module[]> => {
  const { signal } = new AbortController();
  const consuming = modules.filter(({ journalConsumer }) => journalConsumer);
  for (const module of consuming) {
    const { receive } = module.journalConsumer as JournalConsumer;
    const options = { clock: systemClock, ids: systemIds };
    const { collections, events, unitOfWork } = datastore.open(module, options);
    const signer = { sign: async () => 'signature' };
    const receiveEntries = receive({ ...collections, events, unitOfWork, signer, ...options } as never);
    for (const { name: source } of modules.filter(({ name }) => name !== module.name)) {
      const rows = await datastore.raw(source, 'journal').all();
      await receiveEntries(rows as unknown as JournalEntry[], { source, signal });
    }
  }
  return consuming;
};
