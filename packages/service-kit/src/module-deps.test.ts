import { defineEvents, Id } from '@plinth/contract-kit';
import type { Ctx, Events } from '@plinth/data-kit';
import { createContext, createId, fakeDatabase } from '@plinth/testing';
import { expect, it } from 'vitest';
import type { Module } from './module.ts';
import { toModuleDeps } from './module-deps.ts';

const { boxMoved, boxSold } = defineEvents('boxes', { aggregate: { id: Id }, events: { boxMoved: {}, boxSold: {} } });

/** Runs an action that emits two events, in a module that declares some. */
const emitBoth = async (events: Module['events']) => {
  const { store, emitted, clock, ids } = fakeDatabase({});
  const module: Module = { name: 'boxes', contracts: [], collections: {}, create: () => ({ service: {} }) };
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
