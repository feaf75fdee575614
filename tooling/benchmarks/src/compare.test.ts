import { expect, it } from 'vitest';
import { createSlice } from '../test/slice.ts';
import { compare, getRatios, median } from './compare.ts';

it('loads both servers in turn, alternates the first one, and does not count the first round', async () => {
  const order: string[] = [];
  // Each measurement takes as many microseconds as there were measurements, so the rows show the order.
  const measure = async (name: string) => {
    order.push(name);
    return createSlice({ serverMicros: order.length });
  };
  const pair = { subject: () => measure('subject'), reference: () => measure('reference') };
  const rows = await compare(pair, { kinds: ['get'], loads: [32], rounds: 2, seconds: 1, log: () => undefined });
  expect(order).toEqual(['subject', 'reference', 'reference', 'subject', 'subject', 'reference']);
  const toSlices = (...micros: number[]) => micros.map((serverMicros) => createSlice({ serverMicros }));
  expect(rows).toEqual([{ kind: 'get', load: 32, subject: toSlices(4, 5), reference: toSlices(3, 6) }]);
});

it('takes ratios within a round, so that a busy machine counts for both servers', () => {
  const toSlices = (...micros: number[]) => micros.map((serverMicros) => createSlice({ serverMicros }));
  const row = {
    kind: 'get',
    load: 32,
    subject: toSlices(100, 1000, 100),
    reference: toSlices(200, 3000, 100),
  } as const;
  expect(getRatios({ ...row })).toEqual([2, 3, 1]);
});

it.each([
  [[9, 1, 5], 5],
  [[4, 1, 10, 2], 3],
  [[10, 9, 100], 10],
  [[], Number.NaN],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});
