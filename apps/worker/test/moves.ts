import { createId } from '@plinth/testing';
import { expect } from 'vitest';
import type { Boxes, Effect, Move } from './fixture.ts';

export const waitMs = { timeout: 60_000, interval: 20 };

/** Creates moves of several boxes, `steps` of each. */
export const createMoves = ({
  boxes,
  steps,
  tenantId = createId(),
}: {
  boxes: number;
  steps: number;
  tenantId?: string;
}) =>
  Array.from({ length: boxes }, () => createId()).map((boxId) =>
    Array.from({ length: steps }, (_, step): Move => ({ tenantId, boxId, step })),
  );

/** Commits the moves of each box one after the other, those of different boxes at the same time. */
export const moveInOrder = (boxes: Boxes, moves: readonly Move[][]): Promise<unknown> =>
  Promise.all(
    moves.map(async (ofBox) => {
      for (const move of ofBox) await boxes.move([move]);
    }),
  );

const toKey = ({ boxId, step }: Effect): string => `${boxId} ${step}`;

/** Returns the elements of a list that are in it more often than in another one. */
const findSuperfluous = (list: readonly string[], others: readonly string[]): string[] => {
  const counts = new Map<string, number>();
  for (const other of others) counts.set(other, (counts.get(other) ?? 0) + 1);
  return list.filter((element) => {
    const left = counts.get(element) ?? 0;
    counts.set(element, left - 1);
    return left <= 0;
  });
};

/** Expects one effect of each move, and those of each box in their order. */
export const expectEach = async (boxes: Boxes, moves: readonly Move[][]): Promise<void> => {
  const expected = moves.flat().map(toKey);
  const list = async () => (await boxes.listEffects()).map(toKey);
  // Small lists, because the difference of large ones takes minutes to print.
  await expect.poll(async () => findSuperfluous(expected, await list()).slice(0, 10), waitMs).toEqual([]);
  expect(findSuperfluous(await list(), expected).slice(0, 10)).toEqual([]);
  const effects = await boxes.listEffects();
  for (const ofBox of moves) {
    const steps = effects.filter(({ boxId }) => boxId === ofBox[0]?.boxId).map(({ step }) => step);
    expect(steps).toEqual(ofBox.map(({ step }) => step));
  }
};
