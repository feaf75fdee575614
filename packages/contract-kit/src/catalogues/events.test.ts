import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { defineEvents } from './events.ts';

const events = defineEvents('orders', {
  aggregate: { orderId: z.string() },
  events: { orderPlaced: { total: z.int() }, orderCancelled: {}, step2Done: {} },
});

describe('defineEvents', () => {
  it('derives the names and the aggregate', () => {
    expect(Object.values(events).map(({ name, aggregate }) => [name, aggregate])).toEqual([
      ['orders.order-placed', 'orderId'],
      ['orders.order-cancelled', 'orderId'],
      ['orders.step2-done', 'orderId'],
    ]);
    expectTypeOf(events.orderPlaced.name).toEqualTypeOf<'orders.order-placed'>();
    expectTypeOf(events.step2Done.name).toEqualTypeOf<'orders.step2-done'>();
  });

  it('derives the payload: the id of the aggregate, the fields of the event and nothing else', () => {
    const payload = { orderId: 'a', total: 3, secret: 's' };
    expect(events.orderPlaced.payload.parse(payload)).toEqual({ orderId: 'a', total: 3 });
    expect(events.orderCancelled.payload.parse(payload)).toEqual({ orderId: 'a' });
    expect(events.orderPlaced.payload.safeParse({ orderId: 'a' }).success).toBe(false);
    expectTypeOf(events.orderPlaced.payload.parse(payload)).toEqualTypeOf<{ orderId: string; total: number }>();
  });

  it.each([
    ['Orders', 'orderPlaced'],
    ['orders', 'OrderPlaced'],
    ['orders', 'order.placed'],
    ['orders.more', 'orderPlaced'],
    ['orders', ''],
    ['', 'orderPlaced'],
  ])('boundary: refuses the domain %j with the event %j', (domain, event) => {
    const spec = { aggregate: { orderId: z.string() }, events: { [event]: {} } };
    expect(() => defineEvents(domain, spec)).toThrow("must be named '<domain>.<what-happened>'");
  });

  it.each([{}, { orderId: z.string(), lineId: z.string() }])('boundary: refuses an aggregate of %o', (aggregate) => {
    expect(() => defineEvents('orders', { aggregate, events: {} })).toThrow('need one field as aggregate');
  });
});
