import { UsageError } from '@plinth/load';
import { describe, expect, it } from 'vitest';
import { buildSlice } from '../test/slice.ts';
import { getRatios, type Row } from './compare.ts';
import { findBase, findRegressions } from './regression.ts';
import type { Kind } from './requests.ts';

/** Returns measurements one after the other; each is the ratio of every kind. */
const createMeasure = (...runs: Partial<Record<Kind, number>>[]) => {
  const measured: (readonly Kind[])[] = [];
  const measure = async (kinds: readonly Kind[]): Promise<Row[]> => {
    const ratios = runs[measured.push(kinds) - 1] ?? {};
    return kinds.map((kind) => {
      const reference = [buildSlice({ serverMicros: 100 * (ratios[kind] ?? Number.NaN) })];
      return { kind, load: 32, subject: [buildSlice({ serverMicros: 100 })], reference };
    });
  };
  return { measure, measured };
};

describe('a regression', () => {
  it('is not reported for a difference of less than a tenth', async () => {
    const { measure, measured } = createMeasure({ get: 0.92, list: 1.3 });
    expect((await findRegressions(['get', 'list'], measure)).slower).toEqual([]);
    expect(measured).toHaveLength(1);
  });

  it('is measured once more before it counts', async () => {
    const { measure, measured } = createMeasure({ get: 0.8, list: 1, post: 0.7 }, { get: 1, post: 0.7 });
    const { rows, slower } = await findRegressions(['get', 'list', 'post'], measure);
    expect(measured).toEqual([
      ['get', 'list', 'post'],
      ['get', 'post'],
    ]);
    expect(slower).toEqual(['post']);
    expect(rows.flatMap(getRatios)).toEqual([1, 1, 0.7]);
  });

  it('includes a kind of request that cannot be measured', async () => {
    expect((await findRegressions(['get'], createMeasure({}, {}).measure)).slower).toEqual(['get']);
  });
});

describe('the base', () => {
  it('is the named commit when this branch contains it', () => {
    expect(findBase('HEAD')).toMatch(/^[0-9a-f]{40}$/);
  });

  it('must exist', () => {
    expect(() => findBase('no-such-branch')).toThrow(UsageError);
  });
});
