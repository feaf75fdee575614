import { expect, it } from 'vitest';
import { assertCovered, describeRefusals, oneWinner, race, sortStatuses, useModule } from '../src/testing/index.ts';
import { openReadableDatastore } from './fake-datastore.ts';
import { thingsModule } from './things.ts';

const service = useModule({ module: thingsModule, openDatastore: openReadableDatastore, covers: 'removeThing' });

let count = 0;
const createThing = () => {
  count += 1;
  return { name: `Thing ${count}`, grams: 1 };
};

describeRefusals(service, 'removeThing', {
  createTenant: service.createTenant,
  createItem: async ({ call }) => (await call('createThing', { body: createThing() })).body,
  perform: ({ call }, { id, version }, options) => call('removeThing', { id, version }, options),
});

it('a tenant stores what its owner creates, and nothing of another tenant', async () => {
  const [{ call, stored }, other] = [await service.createTenant(), await service.createTenant()];
  const { body } = await call('createThing', { body: createThing() });
  expect(await stored()).toMatchObject([{ _id: body.id }]);
  expect(await stored('things')).toHaveLength(1);
  expect(await other.stored()).toEqual([]);
});

it('a call sends a list of versions, and the caller that it names', async () => {
  const { call, as } = await service.createTenant();
  const { body } = await call('createThing', { body: createThing() });
  const viewer = await as(body, 'viewer');
  expect((await call('getThing', body, { as: viewer })).status).toBe(200);
  expect((await call('removeThing', { id: body.id, version: [7, 1] }, { as: viewer })).status).toBe(403);
  expect((await call('removeThing', { id: body.id, version: [7, 1] })).status).toBe(204);
});

it('race: one of twenty removals succeeds', async () => {
  const { call } = await service.createTenant();
  const { id, version } = (await call('createThing', { body: createThing() })).body;
  const responses = await race(20, () => call('removeThing', { id, version }));
  expect(sortStatuses(responses).filter((status) => status === 204)).toEqual(oneWinner(204, 404, 1));
});

it('an unknown operation, and one without a permission, are faults of the test', () => {
  expect(() => service.getRoute('flyThing')).toThrow("The module 'things' has no operation 'flyThing'.");
  expect(() => service.getPermission('pingThings')).toThrow("'pingThings' requires no permission.");
});

it('fails with the names of the responses of an operation that no test causes', async () => {
  const message = (...names: readonly string[]) =>
    `No test of this file causes ${names.map((name) => `payForThing ${name}`).join(', ')}. Add a case of each, or remove the error from the route.`;
  const assert = () => assertCovered(service.host, ['payForThing']);
  expect(assert).toThrow(
    message(
      '201',
      '400 invalid-request',
      '401 unauthenticated',
      '403 forbidden',
      '409 name-taken',
      '415 unsupported-media-type',
      '422 idempotency-mismatch',
    ),
  );
  const { call, owner } = await service.createTenant();
  const viewer = await service.userWithRole('viewer');
  const body = createThing();
  const headers = { 'idempotency-key': 'one' };
  await call('payForThing', {}, { as: service.host.anonymous });
  await call('payForThing', { body }, { as: viewer });
  await call('payForThing', {});
  await call('payForThing', { body }, { headers });
  await call('payForThing', { body: createThing() }, { headers });
  await owner.post('/v1/payments', 'text', { 'content-type': 'text/plain', 'idempotency-key': 'two' });
  expect(assert).toThrow(message('409 name-taken'));
  const assertUnreachable = () => assertCovered(service.host, ['payForThing'], ['payForThing 409 name-taken']);
  expect(assertUnreachable).not.toThrow();
  expect(await call('payForThing', { body })).toMatchObject({ status: 409 });
  expect(assertUnreachable).toThrow("A test causes payForThing 409 name-taken: remove it from 'unreachable'.");
  expect(assert).not.toThrow();
});

it('an unknown operation that a file covers is a fault of the test', () => {
  expect(() => assertCovered(service.host, ['flyThing'])).toThrow("No contract has an operation 'flyThing'.");
});

it('a change in the middle of a write is made before the action reads, and before its commit', async () => {
  const { call } = await service.createTenant();
  const { id, version } = (await call('createThing', { body: createThing() })).body;
  const steps: number[] = [];
  const change = async () => void steps.push((await call('getThing', { id })).status);
  const remove = () => call('removeThing', { id, version });
  const beforeCommit = async () => void steps.push((await remove()).status);
  const removed = await service.interleave({ beforeAction: change, beforeCommit }, remove);
  expect(removed.status).toBe(412);
  expect(steps).toEqual([200, 204]);
  await change();
  expect(steps).toEqual([200, 204, 404]);
});
