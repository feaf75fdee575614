import type { ModeOptions } from './options.ts';
import type { Cell, Slice } from './slice.ts';

export type Pair<T> = { readonly subject: T; readonly reference: T };
/** The slices of both, one for each round. */
export type Row = Cell & Pair<Slice[]>;

/**
 * Measures the subject and the reference by turns, a slice each in every round. The order alternates, so that a busy machine affects
 * both alike. Round 0 warms the compilers up and is not counted.
 */
export const compare = async (
  measure: Pair<(cell: Cell) => Promise<Slice>>,
  { kinds, loads, rounds, log }: ModeOptions,
): Promise<Row[]> => {
  const rows = loads.flatMap((load) => kinds.map((kind): Row => ({ kind, load, subject: [], reference: [] })));
  for (let round = 0; round <= rounds; round += 1) {
    log(round === 0 ? 'Warming up…' : `Round ${round} of ${rounds}`);
    for (const [index, row] of rows.entries()) {
      const names = ['subject', 'reference'] as const;
      for (const name of (round + index) % 2 === 0 ? names : names.toReversed()) {
        const slice = await measure[name](row);
        if (round > 0) row[name].push(slice);
      }
    }
  }
  return rows;
};

/** Divides a figure of each slice by that of the same round. */
export const divide = (dividends: readonly Slice[], divisors: readonly Slice[], figure: keyof Slice): number[] =>
  dividends.map((slice, round) => slice[figure] / (divisors[round]?.[figure] ?? Number.NaN));

/** Returns the requests per core of the subject, divided by those of the reference, for each round. */
export const getRatios = ({ subject, reference }: Row): number[] => divide(reference, subject, 'serverMicros');

/** Returns the middle value, or the mean of the middle two; NaN without values. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
};
