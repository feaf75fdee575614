import type { Backlog, Message } from '@plinth/data-kit';

const toBacklog = (consumer: string, messages: readonly Message[]): Backlog => {
  const ready = messages.filter(({ state }) => state === 'ready');
  const times = ready.map(({ receivedAt }) => receivedAt.getTime());
  return {
    consumer,
    ready: ready.length,
    dead: messages.length - ready.length,
    oldestAt: times.length > 0 ? new Date(Math.min(...times)) : undefined,
  };
};

/** Returns the backlogs of messages that are ready or dead, in the order of the names of their consumers. */
export const toBacklogs = (messages: readonly Message[]): Backlog[] =>
  [...Map.groupBy(messages, ({ consumer }) => consumer)]
    .map(([consumer, own]) => toBacklog(consumer, own))
    .toSorted((one, other) => (one.consumer < other.consumer ? -1 : 1));
