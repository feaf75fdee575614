import { createContext, createId, createManualClock, fakeDatabase } from '@plinth/testing';
import { expect, it } from 'vitest';
import { createJobsService } from './jobs-service.ts';

const ctx = createContext();
const other = createContext();

const open = () => {
  const { store } = fakeDatabase({}, { clock: createManualClock() });
  const { inbox, messages, pauses, unitOfWork } = store;
  const service = createJobsService([{ module: 'orders', names: ['charge'], messages, pauses }]);
  /** Adds a message that has died of an error. */
  const addDead = async (message: string, consumer = 'charge') => {
    const id = createId();
    const event = {
      id,
      name: 'orders.order-placed',
      source: 'orders',
      aggregateId: 'an-order',
      position: id,
      at: new Date(0),
      actor: { kind: 'user', id: 'ada' },
      requestId: 'a-request',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      payload: { name: 'Ada' },
    };
    const { tenantId } = ctx;
    await inbox.receive([{ _id: `${consumer}/${id}`, tenantId, consumer, orderKey: id, position: id, event }]);
    await inbox.recordFailure(`${consumer}/${id}`, { at: new Date(0), message, attemptsMax: 1 });
    return { module: 'orders', id: `${consumer}.${id}` };
  };
  const end = (change: 'retryDeadMessage' | 'dropDeadMessage', message: { module: string; id: string }, as = ctx) =>
    unitOfWork.run(as, () => service[change](message, as), { operation: change });
  return { service, pauses, addDead, end };
};

const query = { where: {}, sort: '-diedAt', limit: 10, cursor: undefined, fields: undefined } as const;

it('lists jobs with their messages, paused ones, and former ones as long as they have dead messages', async () => {
  const { service, pauses, addDead } = open();
  await Promise.all([addDead('Error: one'), addDead('Error: two', 'former'), pauses.pause('charge')]);
  const { items } = await service.listJobs({}, ctx);
  expect(items).toEqual([
    { module: 'orders', name: 'charge', ready: 0, dead: 1, pausedAt: expect.any(String) },
    { module: 'orders', name: 'former', ready: 0, dead: 1 },
  ]);
  expect((await service.listJobs({}, other)).items).toMatchObject([{ name: 'charge', dead: 0 }]);
});

it.each([
  ['ApiError: The order: it is closed.', 'The order: it is closed.'],
  ['TypeError: Ada has no address.', 'TypeError'],
  ['Ada has no address.', 'Error'],
])('shows the failure %j as %j, without the payload', async (message, text) => {
  const { service, addDead } = open();
  const dead = await addDead(message);
  const shown = await service.getDeadMessage(dead, ctx);
  expect(shown).toMatchObject({ ...dead, name: 'charge', event: 'orders.order-placed', failures: [{ text }] });
  expect(JSON.stringify(shown)).not.toContain('Ada');
  expect((await service.listDeadMessages({ module: 'orders', query }, ctx)).items).toEqual([shown]);
});

it('boundary: finds no message of another organization, of an unknown module, or one that is not dead', async () => {
  const { service, addDead, end } = open();
  const dead = await addDead('Error: one');
  const notFound = { spec: { code: 'not-found' } };
  await expect(service.getDeadMessage(dead, other)).rejects.toMatchObject(notFound);
  await expect(service.getDeadMessage({ ...dead, module: 'users' }, ctx)).rejects.toMatchObject(notFound);
  await expect(end('retryDeadMessage', dead, other)).rejects.toMatchObject(notFound);
  await end('retryDeadMessage', dead);
  await expect(service.getDeadMessage(dead, ctx)).rejects.toMatchObject(notFound);
  expect((await service.listJobs({}, ctx)).items).toMatchObject([{ ready: 1, dead: 0 }]);
});

it('race: one of a retry and a drop takes effect', async () => {
  const { addDead, end } = open();
  const dead = await addDead('Error: one');
  const results = await Promise.allSettled([end('retryDeadMessage', dead), end('dropDeadMessage', dead)]);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  await expect(end('dropDeadMessage', dead)).rejects.toMatchObject({ spec: { code: 'message-not-dead' } });
});
