import { expect, it } from 'vitest';
import { createContext } from '../../test/contexts.ts';
import type { JournalChange } from './journal.ts';
import { createWriteSets } from './unit-of-work.ts';

const event = { id: 'e', name: 'orders.order-placed', aggregateId: 'o', payload: {} };
const sets = () => createWriteSets<string>();
const createChange = (collection: string): JournalChange => ({ kind: 'insert', collection });

it('returns the result with the recordings in order', async () => {
  const { record, emit, collect } = sets();
  const ctx = createContext();
  const collected = await collect(ctx, async () => {
    record(ctx, 'one', createChange('ones'));
    emit(ctx, event);
    record(ctx, 'two', createChange('twos'));
    return 7;
  });
  expect(collected).toEqual({
    result: 7,
    set: {
      writes: ['one', 'two'],
      tenants: new Map([
        [ctx.tenantId, { changes: [createChange('ones'), createChange('twos')], events: [event], revisions: [] }],
      ]),
    },
  });
});

it('race: keeps the writes of two equal contexts apart', async () => {
  const { record, collect } = sets();
  const [first, second] = [createContext(), createContext()];
  const both = await Promise.all(
    [first, second].map((ctx, index) =>
      collect(ctx, async () => {
        await Promise.resolve();
        record(ctx, `write ${index}`, createChange('things'));
      }),
    ),
  );
  expect(both.map(({ set }) => set.writes)).toEqual([['write 0'], ['write 1']]);
});

it('integrity: refuses a write before, after and outside of the unit, and names the collection', async () => {
  const { record, collect } = sets();
  const ctx = createContext();
  const message = "A write to 'orders' outside a unit of work. Run the action by unitOfWork.run(ctx, …)";
  expect(() => record(ctx, '', createChange('orders'))).toThrow(message);
  await collect(ctx, async () => expect(() => record({ ...ctx }, '', createChange('orders'))).toThrow(message));
  expect(() => record(ctx, '', createChange('orders'))).toThrow(message);
});

it('boundary: a context runs one unit at a time, and another one after a failure', async () => {
  const { collect } = sets();
  const ctx = createContext();
  await collect(ctx, () =>
    expect(collect(ctx, async () => undefined)).rejects.toThrow('already runs for this context'),
  );
  await expect(collect(ctx, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await collect(ctx, async () => 1)).toEqual({
    result: 1,
    set: { writes: [], tenants: new Map() },
  });
});
