import { defineEvents, Id } from '@plinth/contract-kit';
import {
  type Collection,
  type Ctx,
  defineCollection,
  defineConsumer,
  defineJob,
  Entity,
  type EventOf,
  PlannedRun,
} from '@plinth/data-kit';
import { defineModule, type Module } from '@plinth/service-kit';
import { z } from 'zod';

/** A module that emits events, and one that counts them: each event is a document, so that none can be counted twice unnoticed. */
export const { boxMoved } = defineEvents('boxes', {
  aggregate: { boxId: Id },
  events: { boxMoved: { step: z.int(), fails: z.int() } },
});

export const boxesModule: Module = defineModule({ name: 'boxes', contracts: [], collections: {}, actions: {} });

const Effect = Entity.extend({ eventId: z.string(), boxId: Id, step: z.int() });
type Effect = z.infer<typeof Effect>;

/** Without a unique index: an effect that takes place twice shows. */
export const effects = defineCollection('effects', Effect, {
  tenancy: 'tenant',
  indexes: { byBox: { fields: ['boxId'] } },
});

type Deps = { readonly effects: Collection<Effect, 'insert'> };

/** Fails as often as the event says, which `attempts` counts for this process. */
const attempts = new Map<string, number>();

const recordEffect =
  ({ effects: stored }: Deps) =>
  async ({ id: eventId, payload: { boxId, step, fails } }: EventOf<typeof boxMoved>, ctx: Ctx): Promise<void> => {
    const attempt = (attempts.get(eventId) ?? 0) + 1;
    attempts.set(eventId, attempt);
    stored.for(ctx).insert({ eventId, boxId, step });
    if (attempt <= fails) throw new Error('The box is stuck.');
  };

/** The same effect, of a job. */
export const countBox = defineJob({
  name: 'count-box',
  input: z.object({ boxId: Id, step: z.int() }),
  handle:
    ({ effects: stored }: Deps) =>
    async ({ boxId, step }, ctx: Ctx): Promise<void> => {
      stored.for(ctx).insert({ eventId: ctx.requestId, boxId, step });
    },
});

/** Counts the documents of a tenant by the calendar, as one effect. */
export const countEffects = defineJob({
  name: 'count-effects',
  input: PlannedRun,
  schedule: { cron: '0 0 1 1 *', tenantsOf: effects },
  handle:
    ({ effects: stored }: Deps) =>
    async ({ plannedAt }, ctx: Ctx): Promise<void> => {
      stored.for(ctx).insert({ eventId: ctx.requestId, boxId: ctx.tenantId, step: plannedAt.getUTCFullYear() });
    },
});

export const shelvesModule: Module = defineModule({
  name: 'shelves',
  contracts: [],
  collections: { effects },
  actions: {},
  consumers: [
    defineConsumer({
      name: 'record-effect',
      events: [boxMoved],
      handle: recordEffect,
      order: 'aggregate',
      retry: { attemptsMax: 3, pauseMs: 100, pauseMaxMs: 200 },
    }),
  ],
  jobs: [countBox, countEffects],
});
