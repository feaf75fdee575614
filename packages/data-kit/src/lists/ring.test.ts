import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRing } from './ring.ts';

describe('ring', () => {
  it('keeps what a set of links keeps, in the same order, whatever is added and removed', () => {
    const steps = fc.array(fc.record({ adds: fc.boolean(), at: fc.nat(20) }), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (taken) => {
        const ring = createRing<number>();
        const kept = new Set<ReturnType<typeof ring.add>>();
        const all: ReturnType<typeof ring.add>[] = [];
        for (const [value, { adds, at }] of taken.entries()) {
          if (adds) {
            const link = ring.add(value);
            all.push(link);
            kept.add(link);
          } else {
            // Also what has been removed before.
            const link = all[at % Math.max(1, all.length)];
            if (link) {
              ring.remove(link);
              kept.delete(link);
            }
          }
          expect([...ring]).toEqual([...kept].map((link) => link.value));
        }
      }),
    );
  });

  it('race: whoever goes through it meets what is added meanwhile, and not what is removed', () => {
    const ring = createRing<string>();
    const [first, second, third] = ['first', 'second', 'third'].map((value) => ring.add(value));
    const met: string[] = [];
    for (const value of ring) {
      met.push(value);
      if (value !== 'first') continue;
      for (const link of [first, second]) if (link) ring.remove(link);
      ring.add('fourth');
    }
    expect(met).toEqual(['first', 'third', 'fourth']);
    expect([...ring]).toEqual(['third', 'fourth']);
    expect(third?.value).toBe('third');
  });

  it('integrity: what is removed twice takes nothing else along', () => {
    const ring = createRing<number>();
    const one = ring.add(1);
    ring.add(2);
    ring.remove(one);
    ring.add(3);
    ring.remove(one);
    expect([...ring]).toEqual([2, 3]);
  });
});
