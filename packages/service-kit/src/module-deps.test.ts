import { defineEvents, Id } from '@plinth/contract-kit';
import { type Ctx, defineJob, type Events, type Job, type Jobs } from '@plinth/data-kit';
import { createContext, createId, fakeDatabase } from '@plinth/testing';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Module } from './module.ts';
import { toModuleDeps } from './module-deps.ts';

const { boxMoved, boxSold } = defineEvents('boxes', { aggregate: { id: Id }, events: { boxMoved: {}, boxSold: {} } });

const module: Module = { name: 'boxes', contracts: [], collections: {}, create: () => ({ service: {} }) };

/** Runs an action that emits two events, in a module that declares some. */
const emitBoth = async (events: Module['events']) => {
  const { store, emitted, clock, ids } = fakeDatabase({});
  const deps: { readonly events: Events } = toModuleDeps({ ...module, ...(events && { events }) }, store, {
    clock,
    ids,
  });
  const ctx: Ctx = createContext();
  const work = async (): Promise<void> => {
    deps.events.emit(ctx, boxMoved, { id: createId() });
    deps.events.emit(ctx, boxSold, { id: createId() });
  };
  await store.unitOfWork.run(ctx, work, { operation: 'emit' });
  return emitted().map(({ name }) => name);
};

it('an action emits the events of all catalogues of its module', async () => {
  expect(await emitBoth([{ boxMoved }, { boxSold }])).toEqual(['boxes.box-moved', 'boxes.box-sold']);
});

it.each([
  ['another event', [{ boxMoved }], 'boxes.box-sold'],
  ['no event', undefined, 'boxes.box-moved'],
])('integrity: an action fails that emits an event where its module declares %s', async (_, events, name) => {
  await expect(emitBoth(events)).rejects.toThrow(`Module 'boxes' does not declare the event '${name}'.`);
});

it('integrity: an action enqueues the jobs that its module declares, and fails with any other job', async () => {
  const { store, messages, clock, ids } = fakeDatabase({});
  const [counted, sorted] = ['count-boxes', 'sort-boxes'].map((name) =>
    defineJob({ name, input: z.object({}), handle: () => async () => undefined }),
  ) as [Job, Job];
  const deps: { readonly jobs: Jobs } = toModuleDeps({ ...module, jobs: [counted] }, store, { clock, ids });
  const run = (job: unknown) => {
    const ctx = createContext();
    return store.unitOfWork.run(ctx, async () => deps.jobs.enqueue(ctx, job as never, { input: {} }), {
      operation: 'enqueue',
    });
  };
  await run(counted);
  await expect(run(sorted)).rejects.toThrow("Module 'boxes' does not declare the job 'sort-boxes'.");
  expect(messages().map(({ consumer }) => consumer)).toEqual(['count-boxes']);
});
