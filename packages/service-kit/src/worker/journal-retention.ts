import type { Datastore, JournalReaderName } from '@plinth/data-kit';
import type { Metrics } from '@plinth/telemetry';
import { repeatEvery } from './repeat.ts';

/** A module with the readers of its journal, in whichever worker they run. */
export type ReadJournal = { readonly module: string; readonly readers: readonly JournalReaderName[] };

type Options = {
  readonly journals: readonly ReadJournal[];
  readonly datastore: Pick<Datastore, 'expireJournal'>;
  readonly metrics: Metrics;
  readonly onError: (cause: unknown) => void;
};

const everyMs = 60_000;

type Measured = { readonly labels: { readonly module: string; readonly reader: string }; readonly value: number };

/**
 * Lets the entries of journals expire that every reader has passed, each minute until the signal aborts, and measures how far the
 * readers are behind.
 */
export const createJournalRetention = ({
  journals,
  datastore,
  metrics,
  onError,
}: Options): ((signal: AbortSignal) => Promise<void>) => {
  const measured = new Map<string, readonly Measured[]>();
  metrics.gauge({
    name: 'journal_reader_lag_seconds',
    help: 'How far a reader of the journal of a module is behind. Entries that it has not read do not expire.',
    labelNames: ['module', 'reader'],
    read: () => [...measured.values()].flat(),
  });
  const expire = async ({ module, readers }: ReadJournal, signal: AbortSignal): Promise<void> => {
    const lags = await datastore.expireJournal({ module, readers, signal });
    const samples = lags.map(({ name: reader, seconds: value }) => ({ labels: { module, reader }, value }));
    measured.set(module, samples);
  };
  /** Each journal by itself, so that the failure of one delays no other. */
  const expireAll = async (signal: AbortSignal): Promise<void> => {
    for (const { reason } of await settle(journals.map((journal) => expire(journal, signal)))) {
      if (!signal.aborted) onError(reason);
    }
  };
  return (signal) => repeatEvery(everyMs, () => expireAll(signal), { onError, signal });
};

/** Returns the failures. */
const settle = async (work: readonly Promise<void>[]): Promise<PromiseRejectedResult[]> =>
  (await Promise.allSettled(work)).filter((result) => result.status === 'rejected');
