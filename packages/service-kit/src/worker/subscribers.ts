import type { Consumer, Inbox, JournalConsumer, JournalReaderName } from '@plinth/data-kit';

/** A module with what receives the journals of others. */
export type SubscribedModule = {
  readonly name: string;
  readonly store: { readonly inbox: Inbox };
  readonly consumers: readonly Consumer[];
  readonly journalConsumer: JournalConsumer | undefined;
};

/** A consumer as the journal of a module knows it. */
type Subscriber = { readonly receiver: string; readonly consumer: Consumer; readonly inbox: Inbox };

/** Returns the name of the queue of a consumer. */
export const toQueueName = (module: string, { name }: Consumer): string => `${module}.${name}`;

/**
 * Returns the name of a consumer as a reader of journals stores it. A consumer of a further event is a new receiver, which gets all that
 * the journal has: a process of an earlier release, which may be reading, leaves the event out.
 */
const toReceiver = (module: string, consumer: Consumer): string => {
  const events = consumer.events.map(({ name }) => name).toSorted();
  return `${toQueueName(module, consumer)} ${events.join(' ')}`;
};

/**
 * Returns the consumers that a journal may have events for. The events of a domain that is no module, such as `auth`, are in the journals
 * of others.
 */
export const listSubscribers = (source: string, all: readonly SubscribedModule[]): Subscriber[] => {
  const others = all.map(({ name }) => name).filter((name) => name !== source);
  const isElsewhere = ({ name }: Consumer['events'][number]): boolean =>
    others.some((other) => name.startsWith(`${other}.`));
  return all.flatMap(({ name: module, store: { inbox }, consumers }) =>
    consumers
      .filter(({ events }) => !events.every(isElsewhere))
      .map((consumer) => ({ receiver: toReceiver(module, consumer), consumer, inbox })),
  );
};

/** Returns the readers of the journal of a module: its relay, and the journal consumers of other modules. */
export const listReaders = (source: string, all: readonly SubscribedModule[]): JournalReaderName[] => {
  const receivers = listSubscribers(source, all).map(({ receiver }) => receiver);
  const consumers = all.filter(({ name }) => name !== source).flatMap(({ journalConsumer }) => journalConsumer ?? []);
  return [
    ...(receivers.length > 0 ? [{ name: 'relay', receivers }] : []),
    ...consumers.map(({ name }) => ({ name, receivers: [name] })),
  ];
};
