import type { Datastore, JournalEntry, JournalReaderOptions, Signer } from '@plinth/data-kit';
import type { Logger } from '@plinth/logger';
import { createMetrics } from '@plinth/telemetry';
import { expect, it } from 'vitest';
import { systemClock, systemIds } from '../../src/clock-and-ids.ts';
import { defineModule, type Module } from '../../src/module.ts';
import { createWorker } from '../../src/worker/worker.ts';
import { fakeDatastore } from '../fake-datastore.ts';

const entry = { _id: 'a' } as JournalEntry;
const signer: Signer = { sign: async () => 'signature' };

const open = (options: { readonly runs: readonly string[]; readonly signer?: Signer }) => {
  const received: unknown[] = [];
  const readers: JournalReaderOptions[] = [];
  const trail = defineModule({
    name: 'trail',
    contracts: [],
    collections: {},
    actions: {},
    journalConsumer: {
      name: 'trail',
      errors: [],
      receive:
        (deps) =>
        async (entries, { source }) => {
          received.push([source, entries, await deps.signer.sign({}), typeof deps.unitOfWork.run]);
        },
    },
  }) as Module;
  const plain = ['notes', 'tasks'].map((name) => defineModule({ name, contracts: [], collections: {}, actions: {} }));
  const datastore: Datastore = {
    ...fakeDatastore(),
    readJournal: async (reader) => void readers.push(reader),
  };
  const worker = createWorker({
    modules: [...plain, trail],
    datastore,
    queues: {} as never,
    logger: {} as Logger,
    clock: systemClock,
    ids: systemIds,
    metrics: createMetrics(),
    ...options,
  });
  return { worker, readers, received };
};

it('delivers the journal of each other module to a journal consumer, under its own name', async () => {
  const { worker, readers, received } = open({ runs: ['trail'], signer });
  worker.start();
  expect(readers.map(({ module, name, receivers }) => [module, name, receivers])).toEqual([
    ['notes', 'trail', ['trail']],
    ['tasks', 'trail', ['trail']],
  ]);
  await readers[1]?.deliver([entry], ['trail']);
  expect(received).toEqual([['tasks', [entry], 'signature', 'function']]);
  await worker.stop();
});

it('reads no journal for a consumer of a module that runs elsewhere', async () => {
  const { worker, readers } = open({ runs: ['notes', 'tasks'] });
  worker.start();
  expect(readers).toEqual([]);
  await worker.stop();
});

it('does not start without a key when a journal consumer runs here', () => {
  expect(() => open({ runs: ['trail'] })).toThrow('Set AUDIT_SIGNING_KEY');
});
