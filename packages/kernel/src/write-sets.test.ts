import { expect, it } from 'vitest';
import { aCtx } from '../test/contexts.ts';
import type { JournalChange } from './journal.ts';
import { createWriteSets } from './write-sets.ts';

const anEvent = { id: 'e', name: 'orders.order-placed', aggregateId: 'o', payload: {} };
const sets = () => createWriteSets<string>();
const told = (collection: string): JournalChange => ({ kind: 'insert', collection });

it('gives what was recorded, in order, with the answer', async () => {
  const { record, emit, gather } = sets();
  const ctx = aCtx();
  const gathered = await gather(ctx, async () => {
    record(ctx, 'one', told('ones'));
    emit(ctx, anEvent);
    record(ctx, 'two', told('twos'));
    return 7;
  });
  expect(gathered).toEqual({
    answer: 7,
    set: { writes: ['one', 'two'], changes: [told('ones'), told('twos')], events: [anEvent] },
  });
});

it('race: keeps the writes of two contexts apart, though one is equal to the other', async () => {
  const { record, gather } = sets();
  const [first, second] = [aCtx(), aCtx()];
  const both = await Promise.all(
    [first, second].map((ctx, at) =>
      gather(ctx, async () => {
        await Promise.resolve();
        record(ctx, `write ${at}`, told('things'));
      }),
    ),
  );
  expect(both.map(({ set }) => set.writes)).toEqual([['write 0'], ['write 1']]);
});

it('integrity: refuses a write before, after and outside, and names the collection', async () => {
  const { record, gather } = sets();
  const ctx = aCtx();
  const sentence = "A write to 'orders' outside a unit of work. Run the action by unitOfWork.run(ctx, …)";
  expect(() => record(ctx, '', told('orders'))).toThrow(sentence);
  await gather(ctx, async () => expect(() => record({ ...ctx }, '', told('orders'))).toThrow(sentence));
  expect(() => record(ctx, '', told('orders'))).toThrow(sentence);
});

it('boundary: one context takes one unit at a time, and another after a failed one', async () => {
  const { gather } = sets();
  const ctx = aCtx();
  await gather(ctx, () => expect(gather(ctx, async () => undefined)).rejects.toThrow('runs for this context already'));
  await expect(gather(ctx, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await gather(ctx, async () => 1)).toEqual({ answer: 1, set: { writes: [], changes: [], events: [] } });
});
