import { ApiError } from '@plinth/contract-kit';
import { type Ctx, defineCollection, Entity, type StoredResponse, UniqueViolation } from '@plinth/data-kit';
import { aContext, aPrincipal, fakeDatabase, seed } from '@plinth/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { answerOnce, type KeyedCall, type OnceAnswer } from '../src/http/idempotency.ts';

const numRuns = process.env['PLINTH_HEAVY'] === '1' ? 5000 : 300;

const effects = defineCollection(
  'effects',
  Entity.extend({ key: z.string(), fingerprint: z.string(), place: z.string() }),
  { tenancy: 'tenant', indexes: { byPlace: { fields: ['place'], unique: 'place-taken' } } },
);

type Call = {
  readonly key: string;
  readonly fingerprint: string;
  /** What the action does: works, competes for a place of which there is one, refuses, or crashes. */
  readonly way: 'works' | 'competes' | 'refuses' | 'crashes';
};

const calls: fc.Arbitrary<Call[]> = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    fingerprint: fc.oneof({ weight: 4, arbitrary: fc.constant('one') }, fc.constant('two')),
    way: fc.constantFrom(
      'works' as const,
      'works' as const,
      'competes' as const,
      'refuses' as const,
      'crashes' as const,
    ),
  }),
  { minLength: 2, maxLength: 12 },
);

class Refused extends Error {}

const refusalOf = (error: unknown): StoredResponse | undefined =>
  error instanceof Refused || error instanceof UniqueViolation
    ? { status: 409, headers: {}, body: `refused ${error.message}` }
    : undefined;

let places = 0;

/** A store whose every step waits for its turn, which the scheduler gives in an order of its own. */
const openScheduled = (scheduler: fc.Scheduler) => {
  const db = fakeDatabase({ effects });
  const { unitOfWork, journal } = db.store;
  const turn = (label: string) => scheduler.schedule(Promise.resolve(), label);
  const parts = {
    unitOfWork: {
      run: (async (ctx, work, receipt) => {
        await turn('begin');
        const answer = await unitOfWork.run(
          ctx,
          async () => {
            const result = await work();
            await turn('commit');
            return result;
          },
          receipt,
        );
        await turn('committed');
        return answer;
      }) satisfies typeof unitOfWork.run,
    },
    journal: {
      find: async (ctx: Ctx, key: string) => {
        await turn('find');
        const found = await journal.find(ctx, key);
        await turn('found');
        return found;
      },
    },
  };
  const send = ({ key, fingerprint, way }: Call, owner: Ctx): Promise<OnceAnswer> => {
    const ctx = { ...owner };
    const work = async (): Promise<StoredResponse> => {
      await turn('read');
      if (way === 'crashes') throw new Error('crash');
      if (way === 'refuses') throw new Refused('by the action');
      places += 1;
      const place = way === 'competes' ? 'the only one' : `place ${places}`;
      const { _id } = db.effects.for(ctx).insert({ key, fingerprint, place });
      return { status: 201, headers: {}, body: `made ${_id}` };
    };
    const call: KeyedCall = { ctx, operation: 'make', key, fingerprint, work, refusalOf };
    return answerOnce(call, parts);
  };
  return { db, send };
};

const bodyOf = (outcome: PromiseSettledResult<OnceAnswer> | undefined): string | undefined => {
  if (outcome?.status === 'fulfilled') return outcome.value.answer.body;
  return outcome && refusalOf(outcome.reason)?.body;
};

it('whatever the interleaving, a key has one effect, one answer and one request', async () => {
  const property = fc.asyncProperty(fc.scheduler(), calls, async (scheduler, sent) => {
    const { db, send } = openScheduled(scheduler);
    const owner = aContext({ actor: aPrincipal() });
    const outcomes = await scheduler.waitFor(Promise.allSettled(sent.map((call) => send(call, owner))));
    for (const key of new Set(sent.map((call) => call.key))) {
      const own = sent.flatMap((call, at) => (call.key === key ? [{ call, outcome: outcomes[at] }] : []));
      const made = db.effects.all().filter((effect) => effect.key === key);
      expect(made.length).toBeLessThanOrEqual(1);
      const answered = own.filter(({ outcome }) => bodyOf(outcome) !== undefined);
      expect(new Set(answered.map(({ outcome }) => bodyOf(outcome))).size).toBeLessThanOrEqual(1);
      expect(new Set(answered.map(({ call }) => call.fingerprint)).size).toBeLessThanOrEqual(1);
      // An effect without an answer, or an answer that promises an effect that is not there, would be a lost write.
      const promised = answered.some(({ outcome }) => bodyOf(outcome)?.startsWith('made'));
      expect(promised).toBe(made.length === 1);
      if (made[0]) expect(bodyOf(answered[0]?.outcome)).toBe(`made ${made[0]._id}`);
      for (const { call, outcome } of own) {
        if (outcome?.status !== 'rejected' || refusalOf(outcome.reason)) continue;
        const isMismatch = outcome.reason instanceof ApiError && outcome.reason.code === 'idempotency-mismatch';
        expect(isMismatch || call.way === 'crashes').toBe(true);
      }
      const [first] = answered;
      if (!first) continue;
      const [again] = await scheduler.waitFor(Promise.allSettled([send({ ...first.call, way: 'works' }, owner)]));
      expect(bodyOf(again)).toBe(bodyOf(first.outcome));
    }
    expect(db.receipts().filter(({ key }) => key !== undefined)).toHaveLength(
      new Set(db.receipts().map(({ key }) => key)).size,
    );
  });
  await fc.assert(property, { seed, numRuns });
}, 120_000);
