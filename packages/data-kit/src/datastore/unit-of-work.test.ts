import { expect, it } from 'vitest';
import { aCtx } from '../../test/contexts.ts';
import type { JournalChange } from './journal.ts';
import { createWriteSets } from './unit-of-work.ts';

const anEvent = { id: 'e', name: 'orders.order-placed', aggregateId: 'o', payload: {} };
const sets = () => createWriteSets<string>();
const aChange = (collection: string): JournalChange => ({ kind: 'insert', collection });

it('returns the result with the recordings in order', async () => {
  const { record, emit, collect } = sets();
  const ctx = aCtx();
  const collected = await collect(ctx, async () => {
    record(ctx, 'one', aChange('ones'));
    emit(ctx, anEvent);
    record(ctx, 'two', aChange('twos'));
    return 7;
  });
  expect(collected).toEqual({
    result: 7,
    set: { writes: ['one', 'two'], changes: [aChange('ones'), aChange('twos')], events: [anEvent] },
  });
});

it('race: keeps the writes of two equal contexts apart', async () => {
  const { record, collect } = sets();
  const [first, second] = [aCtx(), aCtx()];
  const both = await Promise.all(
    [first, second].map((ctx, index) =>
      collect(ctx, async () => {
        await Promise.resolve();
        record(ctx, `write ${index}`, aChange('things'));
      }),
    ),
  );
  expect(both.map(({ set }) => set.writes)).toEqual([['write 0'], ['write 1']]);
});

it('integrity: refuses a write before, after and outside of the unit, and names the collection', async () => {
  const { record, collect } = sets();
  const ctx = aCtx();
  const sentence = "A write to 'orders' outside a unit of work. Run the action by unitOfWork.run(ctx, …)";
  expect(() => record(ctx, '', aChange('orders'))).toThrow(sentence);
  await collect(ctx, async () => expect(() => record({ ...ctx }, '', aChange('orders'))).toThrow(sentence));
  expect(() => record(ctx, '', aChange('orders'))).toThrow(sentence);
});

it('boundary: a context runs one unit at a time, and another one after a failure', async () => {
  const { collect } = sets();
  const ctx = aCtx();
  await collect(ctx, () =>
    expect(collect(ctx, async () => undefined)).rejects.toThrow('already runs for this context'),
  );
  await expect(collect(ctx, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await collect(ctx, async () => 1)).toEqual({ result: 1, set: { writes: [], changes: [], events: [] } });
});
