import { defineEvents, firstVersion } from '@plinth/contract-kit';
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
    expect(set.tenants.get(ctx.tenantId)?.events).toEqual([
      { id: 'an id', name: 'orders.order-placed', version: 1, aggregateId: 'o', payload: { orderId: 'o', total: 3 } },
    ]);
  });

  it('is recorded with its newest version', async () => {
    const total = z.int();
    const versions = firstVersion({ total })
      .nextVersion({ total, channel: z.string() })
      .upcast((v1) => ({ ...v1, channel: 'web' }));
    const events = defineEvents('orders', { aggregate: { orderId: z.string() }, events: { orderPlaced: versions } });
    const writeSets = createWriteSets<never>();
    const { emit } = createEvents({ writeSets, ids: { next: () => 'an id' } });
    const ctx = createContext();
    const payload = { orderId: 'o', total: 3, channel: 'shop' };
    const { set } = await writeSets.collect(ctx, async () => emit(ctx, events.orderPlaced, payload));
    expect(set.tenants.get(ctx.tenantId)?.events).toMatchObject([{ version: 2, payload }]);
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
