import {
  type Clock,
  failuresMax,
  type Inbox,
  type JournalRow,
  type Message,
  MessageAlreadyHandled,
  toReceived,
} from '@plinth/data-kit';
import { toBacklogs } from './backlogs.ts';
import type { EndOfDead } from './write-set.ts';

const compareBy =
  <T>(...keys: readonly ((value: T) => string)[]) =>
  (one: T, other: T): number => {
    for (const key of keys) {
      if (key(one) !== key(other)) return key(one) < key(other) ? -1 : 1;
    }
    return 0;
  };

type FakeInbox = {
  readonly inbox: Inbox;
  /** Stores a job, unless one of its id is stored. */
  readonly store: (message: Message) => void;
  /** Ends the message that a write set handles. @throws `MessageAlreadyHandled`. */
  readonly endMessage: (row: JournalRow) => void;
  /** Retries or drops dead messages. @throws the conflict error of the first one that is not dead, before any is changed. */
  readonly endDead: (changes: readonly EndOfDead[]) => void;
  /** Returns a copy of every message, oldest first. */
  readonly all: () => Message[];
};

/** Creates the inbox of the fake. */
export const fakeInbox = (clock: Clock): FakeInbox => {
  const messages = new Map<string, Message>();
  const watchers = new Set<Parameters<Inbox['watch']>[0]>();
  const ofState = (state: Message['state']): Message[] =>
    [...messages.values()].filter((other) => other.state === state);
  const put = (message: Message, isNew = false): void => {
    messages.set(message._id, message);
    const { _id, consumer, state, tenantId } = message;
    for (const { onChanges } of watchers) onChanges([{ _id, consumer, state, ...(isNew && { tenantId }) }]);
  };
  const change = (id: string, state: Message['state'], toNext: (message: Message) => Message): boolean => {
    const message = messages.get(id);
    if (message?.state !== state) return false;
    put(toNext(message));
    return true;
  };
  const toDone = (message: Message): Message => ({ ...message, state: 'done', endedAt: clock.now() });
  const store = (message: Message): void => {
    if (!messages.has(message._id)) put(structuredClone(message), true);
  };
  const listDead = (consumer: string | undefined): Message[] =>
    ofState('dead').filter((message) => consumer === undefined || message.consumer === consumer);
  const toRetried = ({ endedAt: _endedAt, ...message }: Message): Message => ({
    ...message,
    state: 'ready',
    attempts: 0,
  });
  const inbox: Inbox = {
    receive: async (received) => {
      for (const message of received) store(toReceived(message, clock.now()));
    },
    releaseDue: async () => {
      const getWaitMs = ({ dueAt }: Message): number => Number(dueAt) - clock.now().getTime();
      for (const message of ofState('delayed').filter((delayed) => getWaitMs(delayed) <= 0)) {
        put({ ...message, state: 'ready', receivedAt: clock.now() });
      }
      const waits = ofState('delayed').map(getWaitMs);
      return waits.length > 0 ? Math.min(...waits) : undefined;
    },
    listTenants: async (consumer) => [
      ...new Set(
        ofState('ready')
          .filter((message) => message.consumer === consumer)
          .map(({ tenantId }) => tenantId),
      ),
    ],
    findHeads: async ({ consumer, tenantId }, { after, limit }) => {
      const found = ofState('ready')
        .filter((message) => message.consumer === consumer && message.tenantId === tenantId && message.orderKey > after)
        .toSorted(
          compareBy(
            ({ orderKey }) => orderKey,
            ({ position }) => position,
          ),
        );
      const heads = found.filter(({ orderKey }, index) => orderKey !== found[index - 1]?.orderKey);
      return heads.slice(0, limit).map(({ _id, orderKey }) => ({ _id, orderKey }));
    },
    get: async (id) => structuredClone(messages.get(id)),
    filterReady: async (ids) => ids.filter((id) => messages.get(id)?.state === 'ready'),
    recordFailure: async (id, { attemptsMax, ...failure }) => {
      change(id, 'ready', (message) => {
        const attempts = message.attempts + 1;
        const failed = { ...message, attempts, failures: [...message.failures, failure].slice(-failuresMax) };
        return attempts >= attemptsMax ? { ...failed, state: 'dead', endedAt: failure.at } : failed;
      });
      return messages.get(id)?.state;
    },
    watch: async (watch) => {
      watchers.add(watch);
      watch.onGap();
      const { promise, resolve } = Promise.withResolvers<void>();
      watch.signal.addEventListener('abort', () => resolve());
      if (!watch.signal.aborted) await promise;
      watchers.delete(watch);
    },
    readBacklogs: async () => toBacklogs([...ofState('ready'), ...ofState('dead')]),
    listDead: async ({ consumer, limit }) =>
      structuredClone(
        listDead(consumer)
          .toSorted((one, other) => Number(other.endedAt) - Number(one.endedAt))
          .slice(0, limit),
      ),
    retry: async (id) => change(id, 'dead', toRetried),
    drop: async (id) => change(id, 'dead', toDone),
    retryAll: async ({ consumer }) => listDead(consumer).filter(({ _id }) => change(_id, 'dead', toRetried)).length,
    dropAll: async ({ consumer }) => listDead(consumer).filter(({ _id }) => change(_id, 'dead', toDone)).length,
  };
  const endMessage = ({ consumed, tenantId }: JournalRow): void => {
    if (consumed === undefined) return;
    const isOfTenant = messages.get(consumed)?.tenantId === tenantId;
    if (!isOfTenant || !change(consumed, 'ready', toDone)) throw new MessageAlreadyHandled();
  };
  const endDead: FakeInbox['endDead'] = (changes) => {
    const stray = changes.find(({ message: { _id }, tenantId }) => {
      const stored = messages.get(_id);
      return stored?.state !== 'dead' || stored.tenantId !== tenantId;
    });
    if (stray) throw stray.conflictError;
    for (const { kind, message } of changes) change(message._id, 'dead', kind === 'retry' ? toRetried : toDone);
  };
  return { inbox, store, endMessage, endDead, all: () => structuredClone([...messages.values()]) };
};
