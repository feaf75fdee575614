import { defineErrors } from '@plinth/contract-kit';
import {
  type Collection,
  type Ctx,
  type Draft,
  type Events,
  type Inbox,
  type Jobs,
  type Journal,
  type JournalRow,
  type Messages,
  type OperationsOf,
  type Pauses,
  type Schedules,
  type TenantCollection,
  type UnitOfWork,
} from '@plinth/data-kit';
import { afterAll, beforeAll } from 'vitest';
import { createIds, createManualClock, type ManualClock } from '../clock.ts';
import { createContext, createId } from '../contexts.ts';
import {
  type Contact,
  contacts,
  createThing,
  type Member,
  members,
  type Slot,
  slots,
  type Thing,
  things,
} from './collections.ts';
import type { OpenStore } from './open-store.ts';

type PlainCollection<D extends Slot | Contact> = Collection<D, OperationsOf<{ readonly softDelete: false }>>;
type Work<T> = () => T | Promise<T>;

/** The open store of a suite. Each case uses new tenants. */
export type Fixture = {
  readonly clock: ManualClock;
  readonly things: Collection<Thing, OperationsOf<typeof things>>;
  readonly slots: PlainCollection<Slot>;
  readonly contacts: PlainCollection<Contact>;
  readonly members: Collection<Member, keyof TenantCollection<Member>>;
  readonly events: Events;
  readonly jobs: Jobs;
  readonly journal: Journal;
  readonly inbox: Inbox;
  readonly pauses: Pauses;
  readonly schedules: Schedules;
  readonly messages: Messages;
  readonly run: UnitOfWork['run'];
  journalRows(): Promise<JournalRow[]>;
  /** Makes the stored idempotency keys older. */
  ageKeys(ms: number): Promise<void>;
  /** Creates a context, by default of a new tenant. */
  context(tenantId?: string): Ctx;
  /** Runs `work` as a unit of work. */
  write<T>(ctx: Ctx, work: Work<T>): Promise<T>;
  /** Inserts drafts, one unit of work and one millisecond each, and returns the documents. */
  insertEach(ctx: Ctx, drafts: readonly Partial<Draft<Thing>>[]): Promise<Thing[]>;
  /** Sets the next id that the store creates. */
  setNextId(id: string): void;
};

const openFixture = async (openStore: OpenStore) => {
  const clock = createManualClock();
  const source = createIds(clock);
  const nextIds: string[] = [];
  const ids = { next: () => nextIds.shift() ?? source.next() };
  const { store, journalRows, ageKeys, close } = await openStore({ things, slots, contacts, members }, { clock, ids });
  const write = <T>(ctx: Ctx, work: Work<T>): Promise<T> =>
    store.unitOfWork.run(ctx, async () => work(), { operation: 'suite' });
  const fixture: Fixture = {
    clock,
    things: store.collections.things,
    slots: store.collections.slots,
    contacts: store.collections.contacts,
    members: store.collections.members,
    events: store.events,
    jobs: store.jobs,
    journal: store.journal,
    inbox: store.inbox,
    pauses: store.pauses,
    schedules: store.schedules,
    messages: store.messages,
    run: store.unitOfWork.run,
    journalRows,
    ageKeys,
    // A store may compare the deadline with its own clock, which a case can advance, or with the real time.
    context: (tenantId = createId()) =>
      createContext({ tenantId, deadline: Math.max(Date.now(), clock.now().getTime()) + 10_000 }),
    write,
    insertEach: async (ctx, drafts) => {
      const documents: Thing[] = [];
      for (const draft of drafts) {
        documents.push(await write(ctx, () => store.collections.things.for(ctx).insert(createThing(draft))));
        clock.advance(1);
      }
      return documents;
    },
    setNextId: (id) => nextIds.push(id),
  };
  return { fixture, close };
};

/** Waits for concurrent calls. @returns the results, and the codes of the errors. */
export const settle = async <T>(calls: readonly Promise<T>[]) => {
  const settled = await Promise.allSettled(calls);
  return {
    results: settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])),
    errorCodes: settled.flatMap((outcome) =>
      outcome.status === 'rejected' ? [(outcome.reason as { code?: unknown }).code] : [],
    ),
  };
};

/** A tenant of a fixture: its collections, units of work and context. */
export type Tenant = Omit<Fixture, 'things' | 'slots' | 'contacts' | 'members' | 'write' | 'insertEach'> & {
  readonly ctx: Ctx;
  readonly things: ReturnType<Fixture['things']['for']>;
  readonly slots: ReturnType<Fixture['slots']['for']>;
  readonly contacts: ReturnType<Fixture['contacts']['for']>;
  readonly members: ReturnType<Fixture['members']['for']>;
  /** Runs `work` as a unit of work. */
  write<T>(work: Work<T>): Promise<T>;
  /** Inserts drafts, one unit of work and one millisecond each, and returns the documents. */
  insertEach(drafts: readonly Partial<Draft<Thing>>[]): Promise<Thing[]>;
  /** Runs concurrent units of work, each in its own context of the tenant. @returns the results and the error codes. */
  race<T>(count: number, work: (tenant: Tenant, index: number) => T | Promise<T>): ReturnType<typeof settle<T>>;
};

/** Returns the tenant of `ctx`, by default a new one. */
export const createTenant = (fixture: Fixture, ctx: Ctx = fixture.context()): Tenant => ({
  ...fixture,
  ctx,
  things: fixture.things.for(ctx),
  slots: fixture.slots.for(ctx),
  contacts: fixture.contacts.for(ctx),
  members: fixture.members.for(ctx),
  write: (work) => fixture.write(ctx, work),
  insertEach: (drafts) => fixture.insertEach(ctx, drafts),
  race: (count, work) =>
    settle(
      Array.from({ length: count }, (_, index) => {
        const tenant = createTenant(fixture, fixture.context(ctx.tenantId));
        return tenant.write(() => work(tenant, index));
      }),
    ),
});

/** Opens a store for the cases of a `describe` block. */
export const useFixture = (openStore: OpenStore): (() => Fixture) => {
  let opened: Awaited<ReturnType<typeof openFixture>> | undefined;
  beforeAll(async () => {
    opened = await openFixture(openStore);
  });
  afterAll(() => opened?.close());
  return () => {
    if (!opened) throw new Error('The store of this suite failed to open.');
    return opened.fixture;
  };
};

/** The errors that the cases pass to `updateWhere` and `restore`. */
export const suiteErrors = defineErrors('suite', {
  soldOut: { status: 409, title: 'Nothing is left.', fix: 'Wait.' },
  notRemoved: { status: 409, title: 'The document is not removed.', fix: 'Do nothing.' },
});
