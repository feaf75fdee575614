import { type Inbox, type InboxChange, MessageAlreadyHandled, type NewMessage, toMessageId } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import { createId } from '../contexts.ts';
import { createThing } from './collections.ts';
import type { Fixture } from './fixture.ts';

let created = 0;

/** Creates a message, by default of an event and a tenant of its own. Later ones have greater positions. */
const createMessage = (consumer: string, message: Partial<NewMessage> = {}): NewMessage => {
  const id = createId();
  created += 1;
  const position = String(created).padStart(8, '0');
  return {
    _id: toMessageId(consumer, id),
    tenantId: createId(),
    consumer,
    orderKey: id,
    position,
    event: {
      id,
      name: 'suite.thing-moved',
      source: 'suite',
      aggregateId: createId(),
      position,
      at: new Date(0),
      actor: { kind: 'user', id: createId() },
      requestId: 'request',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      payload: { $set: '$$ROOT', steps: 1 },
    },
    ...message,
  };
};

const createConsumer = (): string => `consumer-${createId()}`;

/** Receives messages of one tenant, with an order key each. */
const receiveEach = async (inbox: Inbox, consumer: string, orderKeys: readonly string[]) => {
  const tenantId = createId();
  const messages = orderKeys.map((orderKey) => createMessage(consumer, { tenantId, orderKey }));
  await inbox.receive(messages);
  return { tenantId, messages, ids: messages.map(({ _id }) => _id), part: { consumer, tenantId } };
};

const fail = (inbox: Inbox, id: string, attemptsMax = 2) =>
  inbox.recordFailure(id, { at: new Date(0), message: 'no $luck', attemptsMax });

const readingCases = (use: () => Fixture): void => {
  it('returns what it has received, ready and without failures', async () => {
    const { inbox, clock } = use();
    const message = createMessage(createConsumer());
    await inbox.receive([message]);
    const received = { ...message, state: 'ready', failures: [], attempts: 0, receivedAt: clock.now() };
    expect(await inbox.get(message._id)).toEqual(received);
    expect(await inbox.get('unknown')).toBeUndefined();
    expect(await inbox.listTenants(message.consumer)).toEqual([message.tenantId]);
  });

  it('finds the oldest message of each key, page by page', async () => {
    const { inbox } = use();
    const { part, ids } = await receiveEach(inbox, createConsumer(), ['b', 'a', 'b', 'c', 'a', 'b']);
    expect(await inbox.findHeads(part, { after: '', limit: 2 })).toEqual([
      { _id: ids[1], orderKey: 'a' },
      { _id: ids[0], orderKey: 'b' },
    ]);
    expect(await inbox.findHeads(part, { after: 'b', limit: 2 })).toEqual([{ _id: ids[3], orderKey: 'c' }]);
    expect(await inbox.findHeads(part, { after: 'c', limit: 2 })).toEqual([]);
  });

  it('boundary: finds the next keys after a key with more messages than a page', async () => {
    const { inbox } = use();
    const { part, ids } = await receiveEach(inbox, createConsumer(), ['a', 'a', 'a', 'a', 'a', 'b']);
    expect(await inbox.findHeads(part, { after: '', limit: 2 })).toEqual([
      { _id: ids[0], orderKey: 'a' },
      { _id: ids[5], orderKey: 'b' },
    ]);
  });

  it('integrity: keeps the messages of consumers and tenants apart', async () => {
    const { inbox } = use();
    const [one, other] = [createConsumer(), createConsumer()];
    const { part } = await receiveEach(inbox, one, ['a']);
    await receiveEach(inbox, one, ['b']);
    await receiveEach(inbox, other, ['c']);
    expect(await inbox.findHeads(part, { after: '', limit: 9 })).toHaveLength(1);
    expect(await inbox.listTenants(one)).toHaveLength(2);
    expect(await inbox.listTenants(other)).toHaveLength(1);
  });
};

const handlingCases = (use: () => Fixture): void => {
  it('a message that is received again changes nothing, even after it was handled', async () => {
    const { inbox, run, context } = use();
    const { part, messages, ids } = await receiveEach(inbox, createConsumer(), ['a']);
    const [id] = ids as [string];
    await inbox.receive(messages);
    expect(await inbox.findHeads(part, { after: '', limit: 9 })).toHaveLength(1);
    await run(context(part.tenantId), async () => undefined, { operation: 'suite', consumes: id });
    await inbox.receive(messages);
    expect(await inbox.findHeads(part, { after: '', limit: 9 })).toEqual([]);
    expect(await inbox.filterReady(ids)).toEqual([]);
    expect(await inbox.get(id)).toMatchObject({ state: 'done', endedAt: expect.any(Date) });
  });

  it('race: of ten units that handle a message one takes effect, with its row', async () => {
    const { inbox, run, context, things, journalRows } = use();
    const { part, ids } = await receiveEach(inbox, createConsumer(), ['a']);
    const [id] = ids as [string];
    const handle = async (): Promise<void> => {
      const ctx = context(part.tenantId);
      await run(ctx, async () => void things.for(ctx).insert(createThing()), { operation: 'suite', consumes: id });
    };
    const results = await Promise.allSettled(Array.from({ length: 10 }, handle));
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(errors).toHaveLength(9);
    expect(errors.every((error) => error instanceof MessageAlreadyHandled)).toBe(true);
    const rows = (await journalRows()).filter(({ consumed }) => consumed === id);
    expect(rows.map(({ changes }) => changes.length)).toEqual([1]);
  });

  it('integrity: a unit that fails leaves its message ready, and one of another tenant cannot end it', async () => {
    const { inbox, run, context } = use();
    const { part, ids } = await receiveEach(inbox, createConsumer(), ['a']);
    const [id] = ids as [string];
    const metadata = { operation: 'suite', consumes: id };
    await expect(run(context(part.tenantId), () => Promise.reject(new Error('no')), metadata)).rejects.toThrow('no');
    await expect(run(context(), async () => undefined, metadata)).rejects.toThrow(MessageAlreadyHandled);
    expect(await inbox.filterReady(ids)).toEqual([id]);
  });
};

const failureCases = (use: () => Fixture): void => {
  it('boundary: a message is dead after its last attempt, keeps its failures, and is no longer handled', async () => {
    const { inbox, run, context } = use();
    const consumer = createConsumer();
    const { part, ids } = await receiveEach(inbox, consumer, ['a']);
    const [id] = ids as [string];
    expect(await fail(inbox, id)).toBe('ready');
    expect(await fail(inbox, id)).toBe('dead');
    expect(await fail(inbox, id)).toBe('dead');
    const failure = { at: new Date(0), message: 'no $luck' };
    expect(await inbox.get(id)).toMatchObject({ state: 'dead', attempts: 2, failures: [failure, failure] });
    const handled = run(context(part.tenantId), async () => undefined, { operation: 'suite', consumes: id });
    await expect(handled).rejects.toThrow(MessageAlreadyHandled);
    expect(await inbox.listDead({ consumer, limit: 9 })).toMatchObject([{ _id: id }]);
    expect((await inbox.readBacklogs()).find((backlog) => backlog.consumer === consumer)).toEqual({
      consumer,
      ready: 0,
      dead: 1,
      oldestAt: undefined,
    });
  });

  it('a dead message can be made ready again, or dropped; another one cannot', async () => {
    const { inbox } = use();
    const { part, ids } = await receiveEach(inbox, createConsumer(), ['a', 'b', 'c']);
    const [again, dropped, ready] = ids as [string, string, string];
    await Promise.all([again, dropped].map((id) => fail(inbox, id, 1)));
    expect(await inbox.findHeads(part, { after: '', limit: 9 })).toMatchObject([{ _id: ready }]);
    expect([await inbox.retry(again), await inbox.drop(dropped), await inbox.retry(again)]).toEqual([
      true,
      true,
      false,
    ]);
    expect([await inbox.retry(ready), await inbox.drop(ready), await inbox.drop('unknown')]).toEqual(
      Array(3).fill(false),
    );
    expect(await inbox.findHeads(part, { after: '', limit: 9 })).toMatchObject([{ _id: again }, { _id: ready }]);
    expect(await inbox.get(again)).toMatchObject({ attempts: 0, failures: [{ message: 'no $luck' }] });
  });

  it.each(['retryAll', 'dropAll'] as const)('%s changes each dead message of a consumer, and no other', async (all) => {
    const { inbox } = use();
    const [consumer, other] = [createConsumer(), createConsumer()];
    const { ids } = await receiveEach(inbox, consumer, ['a', 'b', 'c']);
    const [one, two, ready] = ids as [string, string, string];
    const { ids: others } = await receiveEach(inbox, other, ['a']);
    await Promise.all([one, two, ...others].map((id) => fail(inbox, id, 1)));
    expect(await inbox[all]({ consumer })).toBe(2);
    const ended = all === 'retryAll' ? { state: 'ready', attempts: 0 } : { state: 'done', attempts: 1 };
    expect(await Promise.all([one, two].map((id) => inbox.get(id)))).toMatchObject([ended, ended]);
    expect('endedAt' in ((await inbox.get(one)) ?? {})).toBe(all === 'dropAll');
    expect(await inbox.filterReady([ready])).toEqual([ready]);
    expect(await inbox.listDead({ consumer: other, limit: 9 })).toHaveLength(1);
    expect(await inbox[all]({ consumer })).toBe(0);
    expect(await inbox[all]({})).toBeGreaterThanOrEqual(1);
    expect(await inbox.listDead({ limit: 9 })).toEqual([]);
  });

  it('returns the backlog of a consumer with the time of its oldest message', async () => {
    const { inbox, clock } = use();
    const consumer = createConsumer();
    const oldestAt = clock.now();
    await receiveEach(inbox, consumer, ['a']);
    clock.advance(1000);
    await receiveEach(inbox, consumer, ['a', 'b']);
    const backlogs = await inbox.readBacklogs();
    expect(backlogs.filter((backlog) => backlog.consumer === consumer)).toEqual([
      { consumer, ready: 3, dead: 0, oldestAt },
    ]);
  });
};

const watchCases = (use: () => Fixture): void => {
  it('reports messages that arrive, end and are ready again', async () => {
    const { inbox, run, context } = use();
    const consumer = createConsumer();
    const stopping = new AbortController();
    const changes: InboxChange[] = [];
    const opened = Promise.withResolvers<void>();
    const watching = inbox.watch({
      onChanges: (next) => void changes.push(...next.filter((change) => change.consumer === consumer)),
      onGap: opened.resolve,
      onError: opened.reject,
      signal: stopping.signal,
    });
    await opened.promise;
    const { part, ids } = await receiveEach(inbox, consumer, ['a', 'b']);
    const [one, two] = ids as [string, string];
    await run(context(part.tenantId), async () => undefined, { operation: 'suite', consumes: one });
    await fail(inbox, two, 1);
    await inbox.retry(two);
    const { tenantId } = part;
    const arrived = { consumer, tenantId, state: 'ready' };
    await expect
      .poll(() => changes)
      .toEqual([
        { ...arrived, _id: one },
        { ...arrived, _id: two },
        { consumer, _id: one, state: 'done' },
        { consumer, _id: two, state: 'dead' },
        { consumer, _id: two, state: 'ready' },
      ]);
    stopping.abort();
    await watching;
  });
};

/** The guarantees of an inbox. */
export const inboxCases = (use: () => Fixture): void => {
  describe('an inbox', () => {
    readingCases(use);
    handlingCases(use);
    failureCases(use);
    watchCases(use);
  });
};
