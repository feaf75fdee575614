import { commonErrors, defineErrors, type Rule, withRule } from '@plinth/contract-kit';
import { type Ctx, defineCollection, Entity } from '@plinth/data-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createIds, createManualClock } from '../clock.ts';
import { createContext, createId } from '../contexts.ts';
import type { OpenStore } from './open-store.ts';

type Times = { startsAt: Date; endsAt: Date };

const errors = defineErrors('hotel', {
  roomTaken: { status: 409, title: 'The room has another booking at this time.', fix: 'Choose another time.' },
});

const endsAfterStart: Rule<Times> = {
  field: 'endsAt',
  code: 'ends-before-start',
  message: 'must be after startsAt',
  holds: ({ startsAt, endsAt }) => endsAt > startsAt,
  repair: ({ startsAt }) => ({ endsAt: new Date(startsAt.getTime() + 60_000) }),
};

const bookings = defineCollection(
  'bookings',
  withRule(Entity.extend({ roomId: z.string(), startsAt: z.date(), endsAt: z.date() }), endsAfterStart),
  { tenancy: 'tenant', indexes: { byStart: { fields: ['roomId', 'startsAt', '_id'] } } },
);
const calendars = defineCollection('calendars', Entity.extend({ roomId: z.string(), changes: z.int() }), {
  tenancy: 'tenant',
  indexes: { byRoom: { fields: ['roomId'], unique: 'conflict' } },
});

const openHotels = async (openStore: OpenStore) => {
  const clock = createManualClock();
  const { store, close } = await openStore({ bookings, calendars }, { clock, ids: createIds(clock) });
  const { collections, unitOfWork } = store;
  /** Books a room as docs/invariants.md shows it. */
  const book = (ctx: Ctx, { roomId, startsAt, endsAt }: Times & { readonly roomId: string }) =>
    unitOfWork.run(
      ctx,
      async () => {
        const calendar = await collections.calendars.for(ctx).find({ roomId });
        const where = { roomId, startsAt: { $lt: endsAt } };
        const { items } = await collections.bookings.for(ctx).list({ where, sort: '-startsAt', limit: 1 });
        if (items.some((last) => last.endsAt > startsAt)) throw errors.roomTaken();
        if (calendar)
          collections.calendars.for(ctx).update(calendar, { $inc: { changes: 1 } }, commonErrors.conflict());
        else collections.calendars.for(ctx).insert({ roomId, changes: 1 });
        return collections.bookings.for(ctx).insert({ roomId, startsAt, endsAt });
      },
      { operation: 'suite' },
    );
  return { book, close };
};

const at = (minutes: number): Date => new Date(Date.UTC(2030, 0, 1, 0, minutes));

const overlap = (left: Times, right: Times): boolean => left.startsAt < right.endsAt && right.startsAt < left.endsAt;

type Book = (from: number, to: number, roomId?: string) => Promise<Times>;

const boundaryCases = (createBook: () => Book): void => {
  it.each([
    [0, 60],
    [10, 20],
    [-30, 1],
    [59, 90],
    [-60, 120],
  ])('boundary: while minutes 0 to 60 are booked, minutes %i to %i are refused', async (from, to) => {
    const book = createBook();
    await book(0, 60);
    await expect(book(from, to)).rejects.toMatchObject({ code: 'room-taken' });
    expect(await book(from, to, 'red')).toMatchObject({ startsAt: at(from), endsAt: at(to) });
  });

  it('boundary: an interval may begin where another one ends, and end where another one begins', async () => {
    const book = createBook();
    await book(0, 60);
    expect([await book(60, 61), await book(-1, 0)]).toMatchObject([{ startsAt: at(60) }, { startsAt: at(-1) }]);
  });
};

const raceCases = (createBook: () => Book): void => {
  it('race: of fifty intervals of any length none overlap, and each repeated conflict is booked or taken', async () => {
    const book = createBook();
    const booked: Times[] = [];
    let open = Array.from({ length: 50 }, (_, index) => [index * 7, index * 7 + 1 + ((index * 31) % 200)] as const);
    while (open.length > 0) {
      const results = await Promise.allSettled(open.map(([from, to]) => book(from, to)));
      booked.push(...results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])));
      const refused = results.map((result) => (result.status === 'rejected' ? result.reason.code : undefined));
      for (const [index, [from, to]] of open.entries()) {
        if (refused[index] !== 'room-taken') continue;
        expect(booked.some((other) => overlap(other, { startsAt: at(from), endsAt: at(to) }))).toBe(true);
      }
      expect(refused.filter((code) => code && code !== 'room-taken' && code !== 'conflict')).toEqual([]);
      open = open.filter((_, index) => refused[index] === 'conflict');
    }
    const pairs = booked.flatMap((left, index) => booked.slice(index + 1).map((right) => overlap(left, right)));
    expect(pairs).not.toContain(true);
    expect(booked.length).toBeGreaterThan(1);
  });
};

/** Tests the recipe of docs/invariants.md for intervals that exclude each other. */
export const intervalCases = (openStore: OpenStore): void => {
  describe('intervals that exclude each other', () => {
    let hotels: Awaited<ReturnType<typeof openHotels>> | undefined;
    beforeAll(async () => {
      hotels = await openHotels(openStore);
    });
    afterAll(() => hotels?.close());
    const createBook = (): Book => {
      const [tenantId, deadline] = [createId(), Date.now() + 60_000];
      return async (from, to, roomId = 'blue') => {
        if (!hotels) throw new Error('The store of this suite failed to open.');
        return hotels.book(createContext({ tenantId, deadline }), { roomId, startsAt: at(from), endsAt: at(to) });
      };
    };
    boundaryCases(createBook);
    raceCases(createBook);
  });
};
