import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvent } from './event.ts';

describe('an event', () => {
  it.each(['orders', 'orders.', '.placed', 'Orders.placed', 'orders.orderPlaced', 'orders.a.b', 'orders placed.a'])(
    'boundary: is not called %j',
    (name) => {
      const parts = { payload: z.object({ id: z.string() }), aggregate: 'id' } as const;
      expect(() => defineEvent(name as 'a.b', parts)).toThrow(`The event '${name}' must be named`);
    },
  );
});
