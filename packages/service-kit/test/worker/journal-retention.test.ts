import type { Datastore } from '@plinth/data-kit';
import { createMetrics } from '@plinth/telemetry';
import { readValue } from '@plinth/telemetry/testing';
import { expect, it, vi } from 'vitest';
import { createJournalRetention } from '../../src/worker/journal-retention.ts';

const readers = [{ name: 'relay', receivers: ['a'] }];

it('expires each journal, measures its readers, and continues with the others after an error', async () => {
  const metrics = createMetrics();
  const onError = vi.fn();
  const expireJournal = vi.fn<Datastore['expireJournal']>(async ({ module }) => {
    if (module === 'notes') throw new Error('away');
    return [{ name: 'relay', seconds: 7 }];
  });
  const journals = ['notes', 'tasks'].map((module) => ({ module, readers }));
  const run = createJournalRetention({ journals, datastore: { expireJournal }, metrics, onError });
  const stopping = new AbortController();
  const running = run(stopping.signal);
  await expect.poll(() => onError.mock.calls).toEqual([[new Error('away')]]);
  const labels = { module: 'tasks', reader: 'relay' };
  expect(await readValue(metrics, { name: 'journal_reader_lag_seconds', labels })).toBe(7);
  expect(expireJournal.mock.calls.map(([{ module, readers: passed }]) => [module, passed])).toEqual([
    ['notes', readers],
    ['tasks', readers],
  ]);
  stopping.abort();
  await running;
});
