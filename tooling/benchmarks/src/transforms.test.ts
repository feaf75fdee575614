import { expect, it } from 'vitest';
import { transforms } from './transforms.ts';
import { timeTransforms, transformsTable } from './transforms-run.ts';

it('does what requests do: nothing throws, and nothing comes out empty', async () => {
  const all = await transforms();
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  for (const { name, run } of all) expect(run(), name).toBeTruthy();
});

it('times each, and shows it', async () => {
  const [first, second] = await timeTransforms(
    [
      { name: 'little', run: () => [1, 2, 3].map(String) },
      { name: 'more', run: () => Array.from({ length: 300 }, String) },
    ],
    { timeMs: 20 },
  );
  expect([first?.name, second?.name]).toEqual(['little', 'more']);
  expect(first?.p50Micros).toBeGreaterThan(0);
  const table = transformsTable([{ name: 'little', p50Micros: 0.5, p99Micros: 2 }]).split('\n');
  expect(table.at(-1)).toMatch(/^\| little +\| +0\.50 \| +2\.00 \| 2,000,000 \|$/);
});

it('fails by the transform that does not work', async () => {
  const broken = {
    name: 'broken',
    run: () => {
      throw new Error('It is broken.');
    },
  };
  await expect(timeTransforms([broken], { timeMs: 20 })).rejects.toThrow('It is broken.');
});
