import type { Ids, ListQuery } from '@plinth/data-kit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIds, createManualClock, type ManualClock } from '../clock.ts';
import { createContext } from '../contexts.ts';
import { getSeed, random } from '../seed.ts';
import { type Thing, things } from './collections.ts';
import type { OpenStore } from './open-store.ts';
import { performUnit, type Side } from './perform.ts';
import { type Tenants, type Unit, unitLists } from './random-operations.ts';

const isHeavy = process.env['PLINTH_HEAVY'] === '1';
const sizes = isHeavy ? { numRuns: 1500, units: 40 } : { numRuns: 25, units: 12 };
const timeoutMs = isHeavy ? 900_000 : 60_000;

type OpenSide = Omit<Side, 'seen'> & { useIds(ids: Ids): void; close(): Promise<void> };

const openSide = async (openStore: OpenStore, clock: ManualClock): Promise<OpenSide> => {
  let ids = createIds(clock);
  const { store, close } = await openStore({ things }, { clock, ids: { next: () => ids.next() } });
  return {
    things: store.collections.things,
    unitOfWork: store.unitOfWork,
    close,
    useIds: (next) => {
      ids = next;
    },
  };
};

const orders: readonly Pick<ListQuery<Thing>, 'where' | 'sort'>[] = [
  { where: {}, sort: 'createdAt' },
  { where: {}, sort: '-due' },
  { where: { group: 'alpha' }, sort: 'rank' },
];

const readState = (side: Side, tenants: Tenants) =>
  Promise.all(tenants.flatMap((ctx) => orders.map((query) => side.things.for(ctx).list({ ...query, limit: 100 }))));

const expectEqualOutcomes = async (
  units: readonly Unit[],
  sides: readonly [OpenSide, OpenSide],
  clock: ManualClock,
): Promise<void> => {
  // The manual clock and the real time diverge during a long run; neither reaches this deadline.
  const deadline = Date.now() + timeoutMs;
  const tenants = [createContext({ deadline }), createContext({ deadline })] as const;
  const idSeed = random();
  for (const side of sides) side.useIds(createIds(clock, idSeed));
  const first: Side = { ...sides[0], seen: [] };
  const second: Side = { ...sides[1], seen: [] };
  for (const unit of units) {
    const outcomes = await Promise.all([
      performUnit(unit, { side: first, tenants }),
      performUnit(unit, { side: second, tenants }),
    ]);
    expect(outcomes[1]).toEqual(outcomes[0]);
    clock.advance(unit.waitMs);
  }
  const [left, right] = await Promise.all([readState(first, tenants), readState(second, tenants)]);
  expect(right).toEqual(left);
};

/**
 * Applies the same random units of work to two stores and expects equal results, errors and documents.
 * `PLINTH_HEAVY=1` runs more and longer lists.
 */
export const randomOperationsSuite = (name: string, openTwo: readonly [OpenStore, OpenStore]): void => {
  describe(`random operations on ${name}`, () => {
    const clock = createManualClock();
    let sides: readonly [OpenSide, OpenSide] | undefined;
    beforeAll(async () => {
      sides = [await openSide(openTwo[0], clock), await openSide(openTwo[1], clock)];
    });
    afterAll(async () => {
      await Promise.all((sides ?? []).map((side) => side.close()));
    });

    it(
      'have equal results, errors and documents in both',
      async () => {
        const property = fc.asyncProperty(unitLists(sizes.units), async (units) => {
          if (!sides) throw new Error(`The stores of '${name}' failed to open.`);
          await expectEqualOutcomes(units, sides, clock);
        });
        await fc.assert(property, { seed: getSeed(), numRuns: sizes.numRuns });
      },
      timeoutMs,
    );
  });
};
