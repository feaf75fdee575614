import { Bench } from 'tinybench';
import { tableOf } from './report.ts';
import type { Transform } from './transforms.ts';

/** So often at a time, because one of them takes less than a clock can tell. */
const batch = 100;
const perTransformMs = 500;

/** What one transform takes, in microseconds: in the middle of all batches, and in the slowest hundredth. */
export type Taken = { readonly name: string; readonly p50Micros: number; readonly p99Micros: number };

/** Times transforms one after the other. @throws when one of them does not work. */
export const timeTransforms = async (
  transforms: readonly Transform[],
  { timeMs = perTransformMs }: { readonly timeMs?: number } = {},
): Promise<Taken[]> => {
  const bench = new Bench({ time: timeMs, warmupTime: timeMs / 5, throws: true });
  for (const { name, run } of transforms) {
    bench.add(name, () => {
      for (let round = 0; round < batch; round += 1) run();
    });
  }
  const tasks = await bench.run();
  return tasks.map(({ name, result }) => {
    if (!('latency' in result)) throw new Error(`'${name}' was not timed: ${result.state}.`);
    const { p50, p99 } = result.latency;
    return { name, p50Micros: (p50 * 1000) / batch, p99Micros: (p99 * 1000) / batch };
  });
};

/** The table of what was taken. */
export const transformsTable = (taken: readonly Taken[]): string =>
  tableOf([
    ['transform', 'µs', 'p99 µs', 'a second'],
    ...taken.map(({ name, p50Micros, p99Micros }) => [
      name,
      p50Micros.toFixed(2),
      p99Micros.toFixed(2),
      Math.round(1e6 / p50Micros).toLocaleString('en'),
    ]),
  ]);
