import { operations, startOperation } from '@plinth/data-kit';
import { createContext, createManualClock, fakeDatabase } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createOperationsService, findOwner } from './operations-service.ts';

const ctx = createContext();

/** Two modules with long operations. */
const open = () => {
  const clock = createManualClock();
  const modules = [fakeDatabase({ operations }, { clock }), fakeDatabase({ operations }, { clock })] as const;
  const service = createOperationsService(modules, clock);
  const start = (module: (typeof modules)[number], as = ctx) =>
    module.unitOfWork(async (_: object, own) => startOperation(module, own, { kind: 'copy', total: 3 }))({}, as);
  return { modules, service, start };
};

it('finds an operation in any module, for its organization only', async () => {
  const { modules, service, start } = open();
  const [, second] = modules;
  const { _id: id } = await start(second);
  expect(await service.getOperation({ id }, ctx)).toMatchObject({
    id,
    status: 'running',
    progress: { done: 0, total: 3 },
  });
  expect((await findOwner(modules, id, ctx))?.owner).toBe(second);
  const outsider = createContext();
  expect(await findOwner(modules, id, outsider)).toBeUndefined();
  for (const operation of ['getOperation', 'cancelOperation'] as const) {
    await expect(service[operation]({ id }, outsider)).rejects.toMatchObject({ code: 'not-found' });
  }
});

it('race: of two cancellations one succeeds', async () => {
  const { modules, service, start } = open();
  const [first] = modules;
  const { _id: id } = await start(first);
  const cancel = first.unitOfWork((input: { id: string }, own) => service.cancelOperation(input, own));
  const results = await Promise.allSettled([cancel({ id }, ctx), cancel({ id }, ctx)]);
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  await expect(cancel({ id }, ctx)).rejects.toMatchObject({ code: 'operation-ended' });
  expect(await service.getOperation({ id }, ctx)).toMatchObject({ status: 'cancelled', version: 2 });
});
