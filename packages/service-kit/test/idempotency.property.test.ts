import { ApiError } from '@plinth/contract-kit';
import { type Ctx, defineCollection, Entity, type StoredResponse, UniqueViolation } from '@plinth/data-kit';
import { createContext, createPrincipal, fakeDatabase, getSeed } from '@plinth/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { executeIdempotently, type IdempotencyDeps, type IdempotentResult } from '../src/http/idempotency.ts';

const numRuns = process.env['PLINTH_HEAVY'] === '1' ? 5000 : 300;

const effects = defineCollection(
  'effects',
  Entity.extend({ key: z.string(), fingerprint: z.string(), place: z.string() }),
  { tenancy: 'tenant', indexes: { byPlace: { fields: ['place'], unique: 'place-taken' } } },
);

type Request = {
  readonly key: string;
  readonly fingerprint: string;
  /** The course of the action: it succeeds, competes for one unique place, is refused, or crashes. */
  readonly course: 'succeeds' | 'competes' | 'refused' | 'crashes';
};

const requests: fc.Arbitrary<Request[]> = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    fingerprint: fc.oneof({ weight: 4, arbitrary: fc.constant('one') }, fc.constant('two')),
    course: fc.constantFrom('succeeds', 'succeeds', 'competes', 'refused', 'crashes'),
  }),
  { minLength: 2, maxLength: 12 },
);

class Refused extends Error {}

const toRefusal = (error: unknown): StoredResponse | undefined =>
  error instanceof Refused || error instanceof UniqueViolation
    ? { status: 409, headers: {}, body: `refused ${error.message}` }
    : undefined;

let places = 0;

/** Opens a store whose steps wait for the scheduler, which orders them at random. */
const openScheduled = (scheduler: fc.Scheduler) => {
  const db = fakeDatabase({ effects });
  const { unitOfWork, journal } = db.store;
  const step = (label: string) => scheduler.schedule(Promise.resolve(), label);
  const deps: IdempotencyDeps = {
    unitOfWork: {
      run: async (ctx, work, metadata) => {
        await step('begin');
        const scheduled = async () => {
          const result = await work();
          await step('commit');
          return result;
        };
        const response = await unitOfWork.run(ctx, scheduled, metadata);
        await step('committed');
        return response;
      },
    },
    journal: {
      find: async (ctx, key) => {
        await step('find');
        const record = await journal.find(ctx, key);
        await step('found');
        return record;
      },
    },
  };
  const send = ({ key, fingerprint, course }: Request, owner: Ctx): Promise<IdempotentResult> => {
    const ctx = { ...owner };
    const execute = async (): Promise<StoredResponse> => {
      await step('read');
      if (course === 'crashes') throw new Error('crash');
      if (course === 'refused') throw new Refused('by the action');
      places += 1;
      const place = course === 'competes' ? 'the only one' : `place ${places}`;
      const { _id } = db.effects.for(ctx).insert({ key, fingerprint, place });
      return { status: 201, headers: {}, body: `created ${_id}` };
    };
    return executeIdempotently({ ctx, operationId: 'create', key, fingerprint, execute, toRefusal }, deps);
  };
  return { db, send };
};

type Outcome = PromiseSettledResult<IdempotentResult> | undefined;

const getBody = (outcome: Outcome): string | undefined => {
  if (outcome?.status === 'fulfilled') return outcome.value.response.body;
  return outcome && toRefusal(outcome.reason)?.body;
};

it('for every interleaving, a key has at most one effect, one response and one request', async () => {
  const property = fc.asyncProperty(fc.scheduler(), requests, async (scheduler, sent) => {
    const { db, send } = openScheduled(scheduler);
    const owner = createContext({ actor: createPrincipal() });
    const outcomes = await scheduler.waitFor(Promise.allSettled(sent.map((request) => send(request, owner))));
    for (const key of new Set(sent.map((request) => request.key))) {
      const sentWithKey = sent.flatMap((request, index) =>
        request.key === key ? [{ request, outcome: outcomes[index] }] : [],
      );
      const created = db.effects.all().filter((effect) => effect.key === key);
      expect(created.length).toBeLessThanOrEqual(1);
      const withResponse = sentWithKey.filter(({ outcome }) => getBody(outcome) !== undefined);
      expect(new Set(withResponse.map(({ outcome }) => getBody(outcome))).size).toBeLessThanOrEqual(1);
      expect(new Set(withResponse.map(({ request }) => request.fingerprint)).size).toBeLessThanOrEqual(1);
      // An effect without a response, or a response without its effect, would be a lost write.
      expect(withResponse.some(({ outcome }) => getBody(outcome)?.startsWith('created'))).toBe(created.length === 1);
      if (created[0]) expect(getBody(withResponse[0]?.outcome)).toBe(`created ${created[0]._id}`);
      for (const { request, outcome } of sentWithKey) {
        if (outcome?.status !== 'rejected' || toRefusal(outcome.reason)) continue;
        const isMismatch = outcome.reason instanceof ApiError && outcome.reason.code === 'idempotency-mismatch';
        expect(isMismatch || request.course === 'crashes').toBe(true);
      }
      const [first] = withResponse;
      if (!first) continue;
      const [again] = await scheduler.waitFor(
        Promise.allSettled([send({ ...first.request, course: 'succeeds' }, owner)]),
      );
      expect(getBody(again)).toBe(getBody(first.outcome));
    }
  });
  await fc.assert(property, { seed: getSeed(), numRuns });
}, 120_000);
