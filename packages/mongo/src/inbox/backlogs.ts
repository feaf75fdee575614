import type { Backlog } from '@plinth/data-kit';
import type { Document } from 'mongodb';

/** The messages of a consumer in one state, and when the oldest of them arrived. */
export type Counted = { readonly _id: string; readonly count: number; readonly oldestAt: Date };

/** The stage that counts messages by consumer, as `Counted`. */
export const countByConsumer: Document = {
  $group: { _id: '$consumer', count: { $sum: 1 }, oldestAt: { $min: '$receivedAt' } },
};

const toMap = (counted: readonly Counted[]): Map<string, Counted> =>
  new Map(counted.map((consumer) => [consumer._id, consumer]));

/** Returns the backlogs of the consumers that have one, in the order of their names. */
export const toBacklogs = (counted: Readonly<Record<'ready' | 'dead', readonly Counted[]>>): Backlog[] => {
  const [ready, dead] = [toMap(counted.ready), toMap(counted.dead)];
  return [...new Set([...ready.keys(), ...dead.keys()])].toSorted().map((consumer) => ({
    consumer,
    ready: ready.get(consumer)?.count ?? 0,
    dead: dead.get(consumer)?.count ?? 0,
    oldestAt: ready.get(consumer)?.oldestAt,
  }));
};
