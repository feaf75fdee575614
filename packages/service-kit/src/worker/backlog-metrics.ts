import type { Backlog, Inbox, Pauses } from '@plinth/data-kit';
import type { Metrics, Sample } from '@plinth/telemetry';
import { repeatEvery } from './repeat.ts';

/** The inbox of a module and the names of its consumers. */
export type MeasuredInbox = {
  readonly module: string;
  readonly consumers: readonly string[];
  readonly inbox: Pick<Inbox, 'readBacklogs'>;
  readonly pauses: Pick<Pauses, 'list'>;
};

type Options = {
  readonly inboxes: readonly MeasuredInbox[];
  readonly metrics: Metrics;
  readonly onError: (cause: unknown) => void;
};

const everyMs = 10_000;

type Measured = {
  readonly labels: Sample['labels'];
  readonly backlog: Backlog | undefined;
  readonly isPaused: boolean;
};

const measure = async ({ module, consumers, inbox, pauses }: MeasuredInbox): Promise<Measured[]> => {
  const [backlogs, paused] = await Promise.all([inbox.readBacklogs(), pauses.list()]);
  return consumers.map((consumer) => ({
    labels: { module, consumer },
    backlog: backlogs.find((backlog) => backlog.consumer === consumer),
    isPaused: paused.some((pause) => pause.consumer === consumer),
  }));
};

/** Adds the metrics of the backlogs of consumers. Returns the function that measures them every ten seconds until it is aborted. */
export const createBacklogMetrics = ({
  inboxes,
  metrics,
  onError,
}: Options): ((signal: AbortSignal) => Promise<void>) => {
  let measured: readonly Measured[] = [];
  const labelNames = ['module', 'consumer'];
  const read = (toValue: (backlog: Backlog | undefined) => number) => (): Sample[] =>
    measured.map(({ labels, backlog }) => ({ labels, value: toValue(backlog) }));
  metrics.gauge({
    name: 'messages_ready',
    help: 'The messages of a consumer that have not been handled.',
    labelNames,
    read: read((backlog) => backlog?.ready ?? 0),
  });
  metrics.gauge({
    name: 'messages_dead',
    help: 'The messages of a consumer that have failed too often, and wait for an operator.',
    labelNames,
    read: read((backlog) => backlog?.dead ?? 0),
  });
  metrics.gauge({
    name: 'messages_oldest_age_seconds',
    help: 'The time since the oldest message arrived that has not been handled.',
    labelNames,
    read: read((backlog) => (backlog?.oldestAt ? (Date.now() - backlog.oldestAt.getTime()) / 1000 : 0)),
  });
  metrics.gauge({
    name: 'consumers_paused',
    help: '1 when an operator has paused the consumer, otherwise 0.',
    labelNames,
    read: () => measured.map(({ labels, isPaused }) => ({ labels, value: isPaused ? 1 : 0 })),
  });
  const measureAll = async (): Promise<void> => {
    measured = (await Promise.all(inboxes.map(measure))).flat();
  };
  return (signal) => repeatEvery(everyMs, measureAll, { onError, signal });
};
