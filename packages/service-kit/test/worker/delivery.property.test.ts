import { getSeed } from '@plinth/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Crash, findFaults, type Mutant, runModel } from './delivery-model.ts';

const numRuns = process.env['PLINTH_HEAVY'] === '1' ? 200_000 : 10_000;

/** Nearly as many as the longest run has. */
const stepsMax = 90;

/** Each of the first steps must be the last one of a process in some schedules; only some runs are much longer. */
const coveredSteps = 40;

const crash = fc.noBias(fc.record({ step: fc.integer({ min: 1, max: stepsMax }), isAfter: fc.boolean() }));
const schedule = fc.record({ scheduler: fc.scheduler(), crashes: fc.array(crash, { maxLength: 2 }) });

const toKey = ({ step, isAfter }: Crash): string => `${isAfter ? 'after' : 'before'} step ${step}`;

const steps = Array.from({ length: coveredSteps }, (_, index) => index + 1);
const everyCrash = steps.flatMap((step) => [toKey({ step, isAfter: false }), toKey({ step, isAfter: true })]);

describe('events on their way from a journal to their effects', () => {
  it(`race: in ${numRuns} schedules of processes that end at any step, none is lost or has two effects, and their order is kept`, {
    timeout: 300_000,
  }, async () => {
    const missing = new Set(everyCrash);
    const property = fc.asyncProperty(schedule, async ({ scheduler, crashes }) => {
      const { stores, steps: count } = await runModel({ scheduler, crashes });
      for (const each of crashes) if (each.step <= count) missing.delete(toKey(each));
      expect(findFaults(stores)).toEqual([]);
    });
    await fc.assert(property, { numRuns, seed: getSeed() });
    expect([...missing]).toEqual([]);
  });

  it.each<[Mutant, string]>([
    ['place-before-messages', 'an event is lost'],
    ['no-fence', 'the place of a reader has moved back'],
    ['mark-outside-transaction', 'an event has two effects'],
    ['no-order', 'the events of a box are out of order'],
  ])('finds the mutant %s', async (mutant, fault) => {
    const property = fc.asyncProperty(schedule, async ({ scheduler, crashes }) => {
      const { stores } = await runModel({ scheduler, crashes, mutant });
      return !findFaults(stores).includes(fault);
    });
    const { failed } = await fc.check(property, { numRuns, seed: getSeed(), endOnFailure: true });
    expect(failed).toBe(true);
  });
});
