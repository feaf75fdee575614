import { defineEvents, Id } from '@plinth/contract-kit';
import {
  type Collection,
  type Consumer,
  type Ctx,
  defineCollection,
  defineConsumer,
  Entity,
  type HandleMessage,
  type Inbox,
  type JournalEntry,
  type QueuedMessage,
  type ReceivedEvent,
  toMessages,
  type UnitOfWork,
} from '@plinth/data-kit';
import { createLogger } from '@plinth/logger';
import { createIds, fakeDatabase } from '@plinth/testing';
import type fc from 'fast-check';
import { z } from 'zod';
import { createMessageHandler } from '../../src/worker/handle-message.ts';
import { createSender } from '../../src/worker/sender.ts';
import { createSentMessages } from '../../src/worker/sent-messages.ts';

// The way of events from a journal to their effects, in several processes, of which any may end at any of its steps. Handler, sender and
// inbox are the code of the product, on the fakes that pass the contract tests of the adapters. Two parts that need a database are modelled:
// - the reader of a journal with its lease: `follow`, `readPlace` and `storePlace` of packages/mongo/src/journal/read-journal.ts, `takeLease`
//   and `renew` of packages/mongo/src/leases/lease.ts. Any lease may have expired at any time, without its holder's knowledge.
// - the queue of BullMQ: a job is taken over from a process that has ended, or whose lock has expired although it still works.

/** Rules that a mutant breaks. */
export type Mutant = 'place-before-messages' | 'no-fence' | 'mark-outside-transaction' | 'no-order';

const clock = { now: () => new Date() };
const ids = createIds(clock, 1);
const logger = createLogger({
  service: 'test',
  level: 'fatal',
  classified: new Map(),
  destination: { write: () => undefined, flush: () => undefined },
});

const { boxMoved } = defineEvents('boxes', { aggregate: { boxId: Id }, events: { boxMoved: { step: z.int() } } });

const Effect = Entity.extend({ eventId: z.string(), boxId: Id });
type Effect = z.infer<typeof Effect>;
const effects = defineCollection('effects', Effect, { tenancy: 'tenant', indexes: { byBox: { fields: ['boxId'] } } });

const consumer: Consumer = defineConsumer({
  name: 'count',
  events: [boxMoved],
  handle:
    (deps: { effects: Collection<Effect, 'insert'> }) =>
    async ({ id: eventId, aggregateId: boxId }: ReceivedEvent, ctx: Ctx) => {
      deps.effects.for(ctx).insert({ eventId, boxId });
    },
  order: 'aggregate',
  retry: { attemptsMax: 1000 },
}) as Consumer;

const [tenantId, boxA, boxB] = [ids.next(), ids.next(), ids.next()];

/** The journal of the boxes: two moves of one box, and one of another. */
const journal: readonly JournalEntry[] = [boxA, boxB, boxA].map((boxId, index) => ({
  _id: ids.next(),
  tenantId,
  at: clock.now(),
  actor: { kind: 'user', id: 'ada' },
  requestId: 'request',
  traceId: '0'.repeat(32),
  operation: 'moveBox',
  changes: [],
  events: [{ id: ids.next(), name: boxMoved.name, version: 1, aggregateId: boxId, payload: { boxId, step: index } }],
  position: String(index),
}));

/** The most entries that a reader delivers at once. */
const batchSize = 2;

/** A process, of which each step may be the last one. */
type Process = {
  readonly step: <T>(effect: () => T | Promise<T>) => Promise<T>;
};

type Job = { readonly message: QueuedMessage; holder?: Process; isTakenOver: boolean };

/** The data that survive a process. */
const createStores = () => {
  const database = fakeDatabase({ effects }, { clock, ids });
  return {
    database,
    inbox: database.store.inbox,
    lease: { token: 0, place: 0 },
    /** The places that were stored, in their order. */
    places: [] as number[],
    jobs: new Map<string, Job>(),
  };
};
export type Stores = ReturnType<typeof createStores>;

type Running = { readonly stores: Stores; readonly process: Process; readonly mutant: Mutant | undefined };

/** A turn of a reader: it takes the lease, and delivers entries from the place on until it loses the lease or none is left. */
const relay = async ({ stores, process: { step }, mutant }: Running): Promise<void> => {
  const { lease, places, inbox } = stores;
  const token = await step(() => (lease.token += 1));
  let place = await step(() => lease.place);
  const deliver = async (entries: readonly JournalEntry[]): Promise<void> => {
    // Messages of one command are stored in their order, and an interruption may leave the last ones out.
    const order = mutant === 'no-order' ? 'none' : consumer.order;
    for (const message of toMessages(entries, { source: 'boxes', consumer: { ...consumer, order } }))
      await step(() => inbox.receive([message]));
  };
  const store = (next: number): Promise<boolean> =>
    step(() => {
      if (mutant !== 'no-fence' && lease.token !== token) return false;
      lease.place = next;
      places.push(next);
      return true;
    });
  while (place < journal.length) {
    const entries = journal.slice(place, place + batchSize);
    place += entries.length;
    if (mutant === 'place-before-messages' && !(await store(place))) return;
    await deliver(entries);
    if (mutant !== 'place-before-messages' && !(await store(place))) return;
  }
};

/** A turn of a dispatcher, as after a gap: `run` of dispatcher.ts without its timers. */
const dispatch = async ({ stores: { inbox, jobs }, process: { step } }: Running): Promise<void> => {
  const sent = createSentMessages();
  const queue = {
    add: (messages: readonly QueuedMessage[]) =>
      step(() => {
        for (const message of messages)
          if (!jobs.has(message.id)) jobs.set(message.id, { message, isTakenOver: false });
      }),
  };
  for (const message of await step(() => [...jobs.values()].map((job) => job.message))) sent.add(message);
  const old = sent.listBefore(Number.POSITIVE_INFINITY);
  const ready = new Set(await step(() => inbox.filterReady(old.map(({ id }) => id))));
  for (const { id } of old) if (!ready.has(id)) sent.remove(id);
  const sender = createSender({
    consumer: consumer.name,
    inbox: {
      listTenants: (name) => step(() => inbox.listTenants(name)),
      findHeads: (part, page) => step(() => inbox.findHeads(part, page)),
    },
    queue,
    sent,
    perTenantMax: 10,
    max: 10,
  });
  await sender.sendAll();
};

const createHandler = ({ stores: { inbox, database }, process: { step }, mutant }: Running): HandleMessage => {
  const { unitOfWork } = database.store;
  const run: UnitOfWork['run'] = async (ctx, work, { consumes, ...metadata }) => {
    await step(() => undefined);
    const commit = (id: string | undefined) =>
      unitOfWork.run(ctx, work, { ...metadata, ...(id !== undefined && { consumes: id }) });
    if (mutant !== 'mark-outside-transaction') return step(() => commit(consumes));
    const result = await step(() => commit(undefined));
    await step(() =>
      unitOfWork.run({ ...ctx }, async () => undefined, { operation: 'mark', ...(consumes && { consumes }) }),
    );
    return result;
  };
  return createMessageHandler({
    module: 'shelves',
    consumer,
    handle: consumer.handle(database as never),
    inbox: {
      get: (id) => step(() => inbox.get(id)),
      recordFailure: (...args: Parameters<Inbox['recordFailure']>) => step(() => inbox.recordFailure(...args)),
    },
    unitOfWork: { run },
    clock,
    logger,
    stopping: new AbortController().signal,
  });
};

/** A turn of a worker: it handles the jobs that it can take. */
const work = async (running: Running): Promise<void> => {
  const { stores, process } = running;
  const { jobs } = stores;
  const { step } = process;
  const handle = createHandler(running);
  /** A job of a process that works is taken over too: its lock may have expired. */
  const take = (): Job | undefined => {
    const job = [...jobs.values()].find(({ holder }) => holder !== process);
    if (!job) return undefined;
    job.isTakenOver = job.holder !== undefined;
    job.holder = process;
    return job;
  };
  for (let job = await step(take); job; job = await step(take)) {
    const { message, isTakenOver } = job;
    const outcome = await handle({ ...message, isTakenOver });
    await step(() => {
      if (outcome) delete job?.holder;
      else if (jobs.get(message.id)?.holder === process) jobs.delete(message.id);
    });
  }
};

/** Runs a fresh process alone, as long as it has work. */
const recover = async (stores: Stores): Promise<void> => {
  const running: Running = { stores, process: { step: async (effect) => effect() }, mutant: undefined };
  await relay(running);
  do {
    await dispatch(running);
    await work(running);
  } while ((await stores.inbox.listTenants(consumer.name)).length > 0);
};

/** The end of the process that does a step, by the number of the step: before it takes effect, or after it. */
export type Crash = { readonly step: number; readonly isAfter: boolean };

export type Schedule = {
  readonly scheduler: fc.Scheduler;
  readonly crashes: readonly Crash[];
  readonly mutant?: Mutant | undefined;
};

/** Runs two processes with all their parts at once by a schedule, then one that ends what they have left. Returns what is stored then. */
export const runModel = async ({
  scheduler,
  crashes,
  mutant,
}: Schedule): Promise<{ stores: Stores; steps: number }> => {
  const stores = createStores();
  let steps = 0;
  const createProcess = () => {
    const dead = Promise.withResolvers<void>();
    let isDead = false;
    const end = (): Promise<never> => {
      isDead = true;
      dead.resolve();
      return new Promise(() => undefined);
    };
    const step: Process['step'] = async (effect) => {
      await scheduler.schedule(Promise.resolve());
      if (isDead) return end();
      steps += 1;
      const number = steps;
      const crash = crashes.find((other) => other.step === number);
      if (crash?.isAfter === false) return end();
      const result = await effect();
      return crash ? end() : result;
    };
    return { process: { step }, dead: dead.promise };
  };
  const run = async (): Promise<void> => {
    const { process, dead } = createProcess();
    const running = { stores, process, mutant };
    const parts = [relay(running), dispatch(running), work(running).then(() => work(running)), dispatch(running)];
    await Promise.race([Promise.all(parts), dead]);
  };
  await scheduler.waitFor(Promise.all([run(), run()]));
  // Those that hang in a step of a dead process hold jobs for ever: their locks expire.
  await recover(stores);
  return { stores, steps };
};

/** Returns what is wrong with the effects and the places. */
export const findFaults = ({ database, places }: Stores): string[] => {
  const done = database.journalRows().flatMap(({ changes }) => changes.map(({ after }) => after as unknown as Effect));
  const events = journal.flatMap((entry) => entry.events);
  const faults: string[] = [];
  for (const { id } of events) {
    const count = done.filter(({ eventId }) => eventId === id).length;
    if (count === 0) faults.push('an event is lost');
    if (count > 1) faults.push('an event has two effects');
  }
  for (const box of [boxA, boxB]) {
    const order = done
      .filter(({ boxId }) => boxId === box)
      .map(({ eventId }) => events.findIndex(({ id }) => id === eventId));
    if (order.some((place, index) => place < (order[index - 1] ?? 0)))
      faults.push('the events of a box are out of order');
  }
  if (places.some((place, index) => place < (places[index - 1] ?? 0)))
    faults.push('the place of a reader has moved back');
  return [...new Set(faults)];
};
