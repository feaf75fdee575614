import { defineErrors } from '@plinth/contract-kit';
import {
  type Collection,
  type Ctx,
  type Draft,
  type Events,
  type Journal,
  type JournalRow,
  type OperationsOf,
  type TenantCollection,
  type UnitOfWork,
} from '@plinth/data-kit';
import { afterAll, beforeAll } from 'vitest';
import { createIds, createManualClock, type ManualClock } from '../clock.ts';
import { aContext, anId } from '../contexts.ts';
import {
  aThing,
  type Contact,
  contacts,
  type Member,
  members,
  type Slot,
  slots,
  type Thing,
  things,
} from './collections.ts';
import type { OpenStore } from './open-store.ts';

type Whole<D extends Thing | Slot | Contact> = Collection<D, OperationsOf<{ readonly softDelete: false }>>;
type Work<T> = () => T | Promise<T>;

/** What the cases of a suite share: one open store. Each case works in tenants of its own. */
export type Fixture = {
  readonly clock: ManualClock;
  readonly things: Whole<Thing>;
  readonly slots: Whole<Slot>;
  readonly contacts: Whole<Contact>;
  readonly members: Collection<Member, keyof TenantCollection<Member>>;
  readonly events: Events;
  readonly journal: Journal;
  readonly run: UnitOfWork['run'];
  journalRows(): Promise<JournalRow[]>;
  /** A context of a new tenant, unless one is given. */
  context(tenantId?: string): Ctx;
  /** Runs `work` as a unit of work. */
  write<T>(ctx: Ctx, work: Work<T>): Promise<T>;
  /** Inserts drafts, a unit of work and a millisecond each, and gives what was stored. */
  stored(ctx: Ctx, drafts: readonly Partial<Draft<Thing>>[]): Promise<Thing[]>;
  /** Makes the next id that the store hands out. */
  foresee(id: string): void;
};

const openFixture = async (openStore: OpenStore) => {
  const clock = createManualClock();
  const source = createIds(clock);
  const foreseen: string[] = [];
  const ids = { next: () => foreseen.shift() ?? source.next() };
  const { store, journalRows, close } = await openStore({ things, slots, contacts, members }, { clock, ids });
  const write = <T>(ctx: Ctx, work: Work<T>): Promise<T> =>
    store.unitOfWork.run(ctx, async () => work(), { operation: 'suite' });
  const fixture: Fixture = {
    clock,
    things: store.collections.things,
    slots: store.collections.slots,
    contacts: store.collections.contacts,
    members: store.collections.members,
    events: store.events,
    journal: store.journal,
    run: store.unitOfWork.run,
    journalRows,
    // A store may hold the deadline against its own clock, which a case may have moved, or against the real one.
    context: (tenantId = anId()) =>
      aContext({ tenantId, deadline: Math.max(Date.now(), clock.now().getTime()) + 10_000 }),
    write,
    stored: async (ctx, drafts) => {
      const documents: Thing[] = [];
      for (const draft of drafts) {
        documents.push(await write(ctx, () => store.collections.things.for(ctx).insert(aThing(draft))));
        clock.advance(1);
      }
      return documents;
    },
    foresee: (id) => foreseen.push(id),
  };
  return { fixture, close };
};

/** Opens a store for the cases of a `describe` block. */
export const useFixture = (openStore: OpenStore): (() => Fixture) => {
  let opened: Awaited<ReturnType<typeof openFixture>> | undefined;
  beforeAll(async () => {
    opened = await openFixture(openStore);
  });
  afterAll(() => opened?.close());
  return () => {
    if (!opened) throw new Error('The store of this suite could not be opened.');
    return opened.fixture;
  };
};

/** The errors that the cases give to `updateWhere`. */
export const suiteErrors = defineErrors('suite', {
  soldOut: { status: 409, title: 'Nothing is left.', fix: 'Wait.' },
  notRemoved: { status: 409, title: 'The document is not removed.', fix: 'Do nothing.' },
});

/** The outcomes of calls that race: what was fulfilled, and the codes of the rest. */
export const settle = async <T>(calls: readonly Promise<T>[]) => {
  const settled = await Promise.allSettled(calls);
  return {
    won: settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])),
    lost: settled.flatMap((outcome) =>
      outcome.status === 'rejected' ? [(outcome.reason as { code?: unknown }).code] : [],
    ),
  };
};
