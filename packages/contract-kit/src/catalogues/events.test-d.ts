/** Compile-time checks of the versions of events: each line below `@ts-expect-error` must not compile. */
import { z } from 'zod';
import { firstVersion } from './event-versions.ts';
import { defineEvents } from './events.ts';

const Channel = z.enum(['web', 'shop']);

const { orderPlaced } = defineEvents('orders', {
  aggregate: { orderId: z.string() },
  events: {
    orderPlaced: firstVersion({ total: z.int() })
      .nextVersion({ total: z.int(), channel: Channel })
      .upcast((v1) => ({ ...v1, channel: 'web' })),
  },
});

export const payload: { orderId: string; total: number; channel: 'web' | 'shop' } = orderPlaced.payload.parse({});

const first = firstVersion({ total: z.int() });
const aggregate = { orderId: z.string() };

// @ts-expect-error -- a new version has an upcaster
defineEvents('orders', { aggregate, events: { orderPlaced: first.nextVersion({ channel: Channel }) } });
// @ts-expect-error -- the upcaster returns every field
first.nextVersion({ total: z.int(), channel: Channel }).upcast((v1) => v1);
// @ts-expect-error -- the upcaster returns values of the new types
first.nextVersion({ total: z.string() }).upcast((v1) => v1);
// @ts-expect-error -- the upcaster returns values of the new version
first.nextVersion({ channel: Channel }).upcast(() => ({ channel: 'market' }));
const second = first.nextVersion({ sum: z.int() }).upcast(({ total }) => ({ sum: total }));
// @ts-expect-error -- the upcaster receives the fields of the version before, not those of the first one
second.nextVersion({ sum: z.int() }).upcast(({ total }) => ({ sum: total }));
