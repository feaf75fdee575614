import { defineListQuery, definePage, Id, IsoDate, resourceExample } from '@plinth/contract-kit';
import { z } from 'zod';
import { Order } from './order.ts';

/** The time at which an order is read. */
export const OrderAsOf = z.strictObject({
  asOf: IsoDate.optional().describe(
    'Returns the order as it was at this time: a 404 before it was placed, the order as it is for the time of its last change and later.',
  ),
});

const optional = { note: true, customerErasedAt: true, fulfilmentId: true } as const;

// A field that is optional already would be read as undefined when it is made optional again.
const OrderFields = Order.omit({ id: true, version: true, createdAt: true, updatedAt: true, ...optional })
  .partial()
  .extend(Order.pick(optional).shape)
  .meta({ id: 'OrderFields', description: 'Some fields of an order.' });

const { id, createdAt } = resourceExample;

export const OrderHistoryEntry = z
  .object({
    id: Id.describe('The id of the entry.'),
    createdAt: z.iso.datetime().describe('The time of the change, from which on `asOf` returns the order with it.'),
    version: z.int().min(1).describe('The version of the order after the change.'),
    action: z.string().describe('The operation, such as `shipOrder`, or the consumer of an event.'),
    actor: z.object({
      kind: z.string().describe('`user` or `consumer`.'),
      id: z.string().describe('The id of the user, or the name of the consumer.'),
    }),
    requestId: z.string().describe('The `X-Request-Id` of the request.'),
    events: z.array(z.string()).describe('The events about the order, such as `orders.order-shipped`.'),
    before: OrderFields.optional().describe('The changed fields before. Absent when the order was placed.'),
    after: OrderFields.describe('The changed fields after.'),
  })
  .meta({
    id: 'OrderHistoryEntry',
    examples: [
      {
        id,
        createdAt,
        version: 2,
        action: 'deliverOrder',
        actor: { kind: 'user', id },
        requestId: id,
        events: ['orders.order-delivered'],
        before: { status: 'shipped' },
        after: { status: 'delivered' },
      },
    ],
  });
export type OrderHistoryEntry = z.infer<typeof OrderHistoryEntry>;

export const OrderHistoryPage = definePage(OrderHistoryEntry);

export const ListOrderHistoryQuery = defineListQuery({
  item: OrderHistoryEntry,
  filters: {},
  ranges: {},
  combinations: [{ sort: ['-createdAt'] }],
});
