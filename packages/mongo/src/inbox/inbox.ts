import {
  type Clock,
  failuresMax,
  type Inbox,
  type Message,
  MessageAlreadyHandled,
  type MessageHead,
  type NewMessage,
  toReceived,
} from '@plinth/data-kit';
import type { Collection, Db, Document } from 'mongodb';
import type { Write } from '../commit/write.ts';
import { type Counted, countByConsumer, toBacklogs } from './backlogs.ts';
import { toDrop, toRetry } from './dead-messages.ts';
import { inboxName } from './inbox-collection.ts';
import { watchInbox } from './watch-inbox.ts';

type Deps = { readonly db: Db; readonly clock: Clock };

/** Creates the write that ends a message in the transaction of its effect. */
export const toEndOfMessage = (id: string, { tenantId, at }: { tenantId: string; at: Date }): Write => ({
  kind: 'update',
  collection: inboxName,
  filter: { _id: id, tenantId, state: 'ready' },
  update: { $set: { state: 'done', endedAt: at } },
  conflictError: new MessageAlreadyHandled(),
});

/** Creates the write that stores a job in the transaction of the unit of work that enqueues it. */
export const toJobWrite = (message: Message): Write => ({
  kind: 'insertOnce',
  collection: inboxName,
  document: message,
});

/** The messages of one page have different keys, except where one key has more messages than a page. */
const findPage = async (
  messages: Collection<Message>,
  filter: Document,
  limit: number,
): Promise<{ heads: MessageHead[]; lastKey: string | undefined }> => {
  const page = await messages
    .find(filter, { projection: { orderKey: 1 }, sort: { orderKey: 1, position: 1 }, limit })
    .toArray();
  const heads = page.filter(({ orderKey }, index) => orderKey !== page[index - 1]?.orderKey);
  return { heads, lastKey: page.length < limit ? undefined : page.at(-1)?.orderKey };
};

const createReads = (
  messages: Collection<Message>,
): Pick<Inbox, 'listTenants' | 'findHeads' | 'get' | 'filterReady'> => ({
  listTenants: (consumer) => messages.distinct('tenantId', { consumer, state: 'ready' }),
  findHeads: async ({ consumer, tenantId }, { after, limit }) => {
    const heads: MessageHead[] = [];
    let lastKey: string | undefined = after;
    while (heads.length < limit && lastKey !== undefined) {
      const filter = { consumer, tenantId, state: 'ready', orderKey: { $gt: lastKey } };
      const page = await findPage(messages, filter, limit);
      heads.push(...page.heads);
      lastKey = page.lastKey;
    }
    return heads.slice(0, limit);
  },
  get: async (id) => (await messages.findOne({ _id: id })) ?? undefined,
  filterReady: async (ids) => {
    const filter = { _id: { $in: [...ids] }, state: 'ready' } as const;
    const found = await messages.find(filter, { projection: { _id: 1 } }).toArray();
    return found.map(({ _id }) => _id);
  },
});

const toInsert = (message: NewMessage, receivedAt: Date) => {
  const { _id, ...fields } = toReceived(message, receivedAt);
  return { updateOne: { filter: { _id }, update: { $setOnInsert: fields }, upsert: true } };
};

/** The most messages that become ready at once. */
const releasedMax = 500;

/** Makes messages ready that are due, by the time of the server. Returns the milliseconds until the next one is due. */
const releaseDue = async (messages: Collection<Message>): Promise<number | undefined> => {
  const due = await messages
    .find(
      { state: 'delayed', $expr: { $lte: ['$dueAt', '$$NOW'] } },
      { projection: { _id: 1 }, sort: { dueAt: 1 }, limit: releasedMax },
    )
    .toArray();
  if (due.length > 0) {
    const filter = { _id: { $in: due.map(({ _id }) => _id) }, state: 'delayed' as const };
    await messages.updateMany(filter, [{ $set: { state: 'ready', receivedAt: '$$NOW' } }]);
  }
  const [next] = await messages
    .aggregate<{ waitMs: number }>([
      { $match: { state: 'delayed' } },
      { $sort: { dueAt: 1 } },
      { $limit: 1 },
      { $project: { waitMs: { $subtract: ['$dueAt', '$$NOW'] } } },
    ])
    .toArray();
  return next && Number(next.waitMs);
};

/** One more attempt, with its failure, and the end of the message with the last attempt. */
const toFailureUpdate = ({ at, message }: Message['failures'][number], attemptsMax: number): Document[] => [
  {
    $set: {
      attempts: { $add: ['$attempts', 1] },
      failures: { $slice: [{ $concatArrays: ['$failures', [{ $literal: { at, message } }]] }, -failuresMax] },
    },
  },
  {
    $set: {
      state: { $cond: [{ $gte: ['$attempts', attemptsMax] }, 'dead', '$state'] },
      endedAt: { $cond: [{ $gte: ['$attempts', attemptsMax] }, at, '$$REMOVE'] },
    },
  },
];

const createWrites = (
  messages: Collection<Message>,
  clock: Clock,
): Pick<Inbox, 'receive' | 'releaseDue' | 'recordFailure'> => ({
  releaseDue: () => releaseDue(messages),
  receive: async (received) => {
    if (received.length === 0) return;
    const now = clock.now();
    await messages.bulkWrite(received.map((message) => toInsert(message, now)));
  },
  recordFailure: async (id, { attemptsMax, ...failure }) => {
    const changed = await messages.findOneAndUpdate(
      { _id: id, state: 'ready' },
      toFailureUpdate(failure, attemptsMax),
      { returnDocument: 'after', projection: { state: 1 } },
    );
    if (changed) return changed.state;
    return (await messages.findOne({ _id: id }, { projection: { state: 1 } }))?.state;
  },
});

type ConsumerFilter = Parameters<Inbox['retryAll']>[0];

const toDeadFilter = ({ consumer }: ConsumerFilter) => ({
  state: 'dead' as const,
  ...(consumer !== undefined && { consumer }),
});

/** Counts the messages of a state by consumer. Each state has an index of its own, which leaves out those that were handled. */
const count = (messages: Collection<Message>, state: 'ready' | 'dead'): Promise<Counted[]> =>
  messages.aggregate<Counted>([{ $match: { state } }, countByConsumer], { hint: state }).toArray();

const createOperatorReads = (messages: Collection<Message>): Pick<Inbox, 'readBacklogs' | 'listDead'> => ({
  readBacklogs: async () => {
    const [ready, dead] = await Promise.all([count(messages, 'ready'), count(messages, 'dead')]);
    return toBacklogs({ ready, dead });
  },
  listDead: ({ consumer, limit }) =>
    messages.find(toDeadFilter({ consumer })).sort({ endedAt: -1 }).limit(limit).toArray(),
});

const createOperatorWrites = (
  messages: Collection<Message>,
  clock: Clock,
): Pick<Inbox, 'retry' | 'drop' | 'retryAll' | 'dropAll'> => {
  return {
    retry: async (id) => (await messages.updateOne({ _id: id, state: 'dead' }, toRetry())).modifiedCount === 1,
    drop: async (id) => (await messages.updateOne({ _id: id, state: 'dead' }, toDrop(clock.now()))).modifiedCount === 1,
    retryAll: async (filter) => (await messages.updateMany(toDeadFilter(filter), toRetry())).modifiedCount,
    dropAll: async (filter) => (await messages.updateMany(toDeadFilter(filter), toDrop(clock.now()))).modifiedCount,
  };
};

/** Creates the inbox of a module's database. */
export const createInbox = ({ db, clock }: Deps): Inbox => {
  const messages = db.collection<Message>(inboxName);
  return {
    ...createReads(messages),
    ...createWrites(messages, clock),
    ...createOperatorReads(messages),
    ...createOperatorWrites(messages, clock),
    watch: (watch) => watchInbox(db, watch),
  };
};
