import { defineEvents } from '@plinth/contract-kit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createContext } from '../../test/contexts.ts';
import { createEvents, createWriteSets } from './unit-of-work.ts';

const { orderPlaced } = defineEvents('orders', {
  aggregate: { orderId: z.string() },
  events: { orderPlaced: { total: z.int() } },
});

describe('an event', () => {
  it('is recorded with an id, its aggregate and the fields of its schema', async () => {
    const writeSets = createWriteSets<never>();
    const { emit } = createEvents({ writeSets, ids: { next: () => 'an id' } });
    const ctx = createContext();
    const payload = { orderId: 'o', total: 3, more: true };
    const { set } = await writeSets.collect(ctx, async () => emit(ctx, orderPlaced, payload));
    expect(set.events).toEqual([
      { id: 'an id', name: 'orders.order-placed', aggregateId: 'o', payload: { orderId: 'o', total: 3 } },
    ]);
  });

  it('integrity: is refused with a payload that breaks its schema, or outside a unit of work', async () => {
    const writeSets = createWriteSets<never>();
    const { emit } = createEvents({ writeSets, ids: { next: () => 'an id' } });
    const ctx = createContext();
    const half = { orderId: 'o' } as { orderId: string; total: number };
    await writeSets.collect(ctx, async () =>
      expect(() => emit(ctx, orderPlaced, half)).toThrow("'orders.order-placed' breaks its schema at 'total'"),
    );
    expect(() => emit(ctx, orderPlaced, { orderId: 'o', total: 1 })).toThrow(
      "The event 'orders.order-placed' outside a unit of work",
    );
  });
});
