import { describe, expect, it } from 'vitest';
import { createSlice } from '../test/slice.ts';
import type { Row } from './compare.ts';
import { findBase, findSlower } from './regression.ts';

const createRow = (kind: Row['kind'], ...ratios: number[]): Row => ({
  kind,
  load: 32,
  subject: ratios.map(() => createSlice({ serverMicros: 100 })),
  reference: ratios.map((ratio) => createSlice({ serverMicros: 100 * ratio })),
});

describe('a regression', () => {
  it('is a median loss of more than a tenth', () => {
    const rows = [createRow('get', 0.92), createRow('list', 0.7, 0.95, 1.3), createRow('post', 0.7, 0.8, 1.3)];
    expect(findSlower(rows)).toEqual(['post']);
  });

  it('includes a kind of request that cannot be measured', () => {
    expect(findSlower([createRow('get', Number.NaN)])).toEqual(['get']);
  });
});

describe('the base', () => {
  it('is the named commit when this branch contains it', () => {
    expect(findBase('HEAD')).toMatch(/^[0-9a-f]{40}$/);
  });

  it('must exist', () => {
    expect(() => findBase('no-such-branch')).toThrow('no-such-branch');
  });
});
