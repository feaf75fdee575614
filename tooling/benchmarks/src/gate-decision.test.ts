import { describe, expect, it } from 'vitest';
import { aSlice } from '../test/a-slice.ts';
import { type Cost, costsOf, decide } from './gate-decision.ts';
import type { Kind } from './kinds.ts';
import { summarize } from './summary.ts';

const kinds = ['get', 'list', 'post'] as const;
const costs = (ratios: Partial<Record<Kind, number>>): Cost[] =>
  Object.entries(ratios).map(([kind, ratio]) => ({
    kind: kind as Kind,
    beforeMicros: 100,
    afterMicros: 100 * ratio,
    ratio,
  }));

/** Gives one measurement after the other, and remembers what was to be measured. */
const measurements = (...all: Partial<Record<Kind, number>>[]) => {
  const asked: (readonly Kind[])[] = [];
  const measure = async (wanted: readonly Kind[]): Promise<Cost[]> => {
    const next = all[asked.length];
    asked.push(wanted);
    if (!next) throw new Error('It was measured once too often.');
    return costs(next);
  };
  return { asked, measure };
};

describe('the gate', () => {
  it('passes at once what costs up to a tenth more, or less', async () => {
    const { asked, measure } = measurements({ get: 1.1, list: 0.7, post: 1 });
    expect(await decide(kinds, measure)).toEqual({ costs: costs({ get: 1.1, list: 0.7, post: 1 }), dearer: [] });
    expect(asked).toEqual([kinds]);
  });

  it('measures once more what seems too dear, and passes it when it is not', async () => {
    const { asked, measure } = measurements({ get: 1.3, list: 1, post: 1.2 }, { get: 1.02, post: 1.1 });
    expect(await decide(kinds, measure)).toEqual({ costs: costs({ get: 1.02, list: 1, post: 1.1 }), dearer: [] });
    expect(asked).toEqual([kinds, ['get', 'post']]);
  });

  it('fails by what was too dear both times, and by nothing else', async () => {
    const { measure } = measurements({ get: 1.3, list: 1, post: 1.2 }, { get: 1.02, post: 1.11 });
    expect((await decide(kinds, measure)).dearer).toEqual(['post']);
  });

  it('fails by what could not be measured', async () => {
    const { measure } = measurements({ get: Number.NaN }, { get: Number.NaN });
    expect((await decide(['get'], measure)).dearer).toEqual(['get']);
  });
});

describe('the cost', () => {
  it('is compared within a round, so that a machine that was slow for both proves nothing', () => {
    const [cost] = costsOf(
      summarize([
        aSlice({}),
        aSlice({ name: 'platform', serverMicros: 250_000 }),
        aSlice({ round: 2, name: 'platform', serverMicros: 500_000 }),
        aSlice({ round: 2, serverMicros: 400_000 }),
      ]),
    );
    expect(cost).toEqual({ kind: 'get', beforeMicros: 300, afterMicros: 375, ratio: 1.25 });
  });
});
