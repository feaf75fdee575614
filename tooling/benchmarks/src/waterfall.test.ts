import { expect, it } from 'vitest';
import { meanOf } from './waterfall.ts';

it('several profiles count alike, and a stage that one of them has not seen counts as nothing there', () => {
  const shares = meanOf([
    new Map([
      ['JSON', 0.5],
      ['BSON', 0.5],
    ]),
    new Map([['JSON', 1]]),
  ]);
  expect(Object.fromEntries(shares)).toEqual({ BSON: 0.25, JSON: 0.75 });
  expect(meanOf([]).size).toBe(0);
});
