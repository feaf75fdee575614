import { describeRefusals, race, sortStatuses } from '@plinth/service-kit/testing';
import { expect, it } from 'vitest';
import { useDemoItems } from './tenant.ts';

const { service, createTenant } = useDemoItems('approveDemoItem');

// The tests of the boundary to other tenants, and of a repetition with the same key.
describeRefusals(service, 'approveDemoItem', {
  createTenant: createTenant,
  createItem: ({ addDemoItem }) => addDemoItem(),
  perform: ({ call }, { id }, options) => call('approveDemoItem', { id }, options),
});

it('200: returns the demo item as it is stored', async () => {
  const { addDemoItem, call } = await createTenant();
  const demoItem = await addDemoItem();
  const changed = await call('approveDemoItem', { id: demoItem.id });
  expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' } });
  expect(changed.body).toEqual({ ...demoItem, version: 2, updatedAt: changed.body.updatedAt });
  expect((await call('getDemoItem', { id: demoItem.id })).text).toBe(changed.text);
});

it('race: each of twenty calls counts once or is a conflict', async () => {
  const { addDemoItem, call } = await createTenant();
  const { id } = await addDemoItem();
  const statuses = sortStatuses(await race(20, () => call('approveDemoItem', { id })));
  const succeeded = statuses.filter((status) => status === 200).length;
  expect(new Set(statuses)).toEqual(new Set([200, 409]));
  expect((await call('getDemoItem', { id })).body).toMatchObject({ version: 1 + succeeded });
});
