import {
  type Collection,
  type Ctx,
  defineCollection,
  defineConsumer,
  Entity,
  type ReceivedEvent,
} from '@plinth/data-kit';
import { ordersEvents } from '@plinth/service-contracts/orders';
import { defineModule, type Module } from '@plinth/service-kit';
import { z } from 'zod';

const Entry = Entity.extend({ consumer: z.string(), eventId: z.string(), orderId: z.string() });
type Entry = z.infer<typeof Entry>;

/** Without a unique index: an effect that takes place twice shows. */
const entries = defineCollection('entries', Entry, {
  tenancy: 'tenant',
  indexes: { byOrder: { fields: ['orderId'] } },
});

type Deps = { readonly entries: Collection<Entry, 'insert'> };

const { orderPlaced, orderPaid, orderCancelled, orderRefunded } = ordersEvents;

const createConsumer = (name: string, order: 'aggregate' | 'none') =>
  defineConsumer({
    name,
    order,
    events: [orderPlaced, orderPaid, orderCancelled, orderRefunded],
    handle:
      ({ entries: stored }: Deps) =>
      async ({ id: eventId, aggregateId: orderId }: ReceivedEvent, ctx: Ctx): Promise<void> => {
        stored.for(ctx).insert({ consumer: name, eventId, orderId });
      },
    // As many attempts as by default, which kills and outages must not use up.
    retry: { pauseMs: 100, pauseMaxMs: 1000 },
  });

/** The consumers, and whether they receive the events of an order in their sequence. */
export const consumers = { ordered: true, unordered: false } as const;

/** A module that records each event of an order once for each of its consumers. */
export const ledgerModule: Module = defineModule({
  name: 'ledger',
  contracts: [],
  collections: { entries },
  actions: {},
  consumers: [createConsumer('ordered', 'aggregate'), createConsumer('unordered', 'none')],
});
