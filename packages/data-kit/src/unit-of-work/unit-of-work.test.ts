import { expect, it } from 'vitest';
import { aCtx } from '../../test/contexts.ts';
import type { JournalChange } from './journal.ts';
import { createWriteSets } from './unit-of-work.ts';

const anEvent = { id: 'e', name: 'orders.order-placed', aggregateId: 'o', payload: {} };
const sets = () => createWriteSets<string>();
const told = (collection: string): JournalChange => ({ kind: 'insert', collection });

it('gives what was recorded, in order, with the answer', async () => {
  const { record, emit, collect } = sets();
  const ctx = aCtx();
  const gathered = await collect(ctx, async () => {
    record(ctx, 'one', told('ones'));
    emit(ctx, anEvent);
    record(ctx, 'two', told('twos'));
    return 7;
  });
  expect(gathered).toEqual({
    result: 7,
    set: { writes: ['one', 'two'], changes: [told('ones'), told('twos')], events: [anEvent] },
  });
});

it('race: keeps the writes of two contexts apart, though one is equal to the other', async () => {
  const { record, collect } = sets();
  const [first, second] = [aCtx(), aCtx()];
  const both = await Promise.all(
    [first, second].map((ctx, at) =>
      collect(ctx, async () => {
        await Promise.resolve();
        record(ctx, `write ${at}`, told('things'));
      }),
    ),
  );
  expect(both.map(({ set }) => set.writes)).toEqual([['write 0'], ['write 1']]);
});

it('integrity: refuses a write before, after and outside, and names the collection', async () => {
  const { record, collect } = sets();
  const ctx = aCtx();
  const sentence = "A write to 'orders' outside a unit of work. Run the action by unitOfWork.run(ctx, …)";
  expect(() => record(ctx, '', told('orders'))).toThrow(sentence);
  await collect(ctx, async () => expect(() => record({ ...ctx }, '', told('orders'))).toThrow(sentence));
  expect(() => record(ctx, '', told('orders'))).toThrow(sentence);
});

it('boundary: one context takes one unit at a time, and another after a failed one', async () => {
  const { collect } = sets();
  const ctx = aCtx();
  await collect(ctx, () =>
    expect(collect(ctx, async () => undefined)).rejects.toThrow('runs for this context already'),
  );
  await expect(collect(ctx, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await collect(ctx, async () => 1)).toEqual({ result: 1, set: { writes: [], changes: [], events: [] } });
});
