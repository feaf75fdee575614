import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isRecorded } from './sampling.ts';

const call = (traceId: string, parent?: { readonly sampled: boolean }) => ({
  method: 'GET',
  route: '/v1/users',
  trace: { traceId, spanId: traceId.slice(16), sampled: parent?.sampled ?? false },
  isJoined: parent !== undefined,
});

const ids = Array.from({ length: 4000 }, () => randomBytes(16).toString('hex'));
const recorded = (ratio: number, parent?: { readonly sampled: boolean }) =>
  ids.filter((id) => isRecorded(call(id, parent), ratio));

describe('a trace is recorded', () => {
  it('always with 1 and never with 0', () => {
    expect(recorded(1)).toHaveLength(ids.length);
    expect(recorded(0)).toEqual([]);
    expect(isRecorded(call('f'.repeat(32)), 1)).toBe(true);
    expect(isRecorded(call(`1${'0'.repeat(31)}`), 0)).toBe(false);
  });

  it('in about the part of the cases that the ratio says', () => {
    expect(recorded(0.1).length).toBeGreaterThan(ids.length * 0.07);
    expect(recorded(0.1).length).toBeLessThan(ids.length * 0.13);
  });

  it('by its id alone, so that every service decides alike', () => {
    expect(recorded(0.1, { sampled: true })).toEqual(recorded(0.1));
    expect(recorded(0.5)).toEqual(expect.arrayContaining(recorded(0.1)));
  });

  it('never when the caller does not record it', () => {
    expect(recorded(1, { sampled: false })).toEqual([]);
  });
});
