import { Amount, Currency, pii } from '@plinth/contract-kit';
import { defineCollection, defineMapper, Entity, entityFields, StoredId } from '@plinth/data-kit';
import {
  AppliedRule,
  type Order,
  OrderLine,
  OrderNote,
  OrderStatus,
  type OrderSummary,
  ShippingAddress,
} from '@plinth/dtos/orders';
import { z } from 'zod';

/** An order as stored. Clients receive `Order`, which `toOrder` returns, and lists of `OrderSummary`. */
export const OrderDocument = Entity.extend({
  status: OrderStatus,
  customerKind: z.enum(['user', 'reference']),
  customerId: pii(z.string().min(1).max(64)).describe('The id of the user, or the reference.'),
  // Single fields instead of objects, because lists are sorted by the total. All amounts have the same currency.
  currency: Currency,
  totalAmount: Amount,
  paidAmount: Amount,
  refundedAmount: Amount,
  lines: z.array(OrderLine).min(1).max(100),
  // Absent in orders that are older than pricing rules.
  discountAmount: Amount.optional(),
  shippingAmount: Amount.optional(),
  appliedRules: z.array(AppliedRule).optional(),
  shippingAddress: ShippingAddress,
  note: OrderNote.optional(),
  /** While the order is `placed`, the fulfilment charges it, and no other change ends it. */
  fulfilmentId: StoredId.optional(),
  /** Set when the order lost its personal data. */
  customerErasedAt: z.date().optional(),
});
export type OrderDocument = z.infer<typeof OrderDocument>;

export const orders = defineCollection('orders', OrderDocument, {
  tenancy: 'tenant',
  history: true,
  retention: 'of a user until `eraseUser` and the end of the order; otherwise until the removal',
  indexes: {
    newest: { fields: ['createdAt', '_id', 'totalAmount'] },
    inOrderOfTotal: { fields: ['totalAmount', '_id'] },
    newestOfStatus: { fields: ['status', 'createdAt', '_id', 'totalAmount'] },
    inOrderOfTotalOfStatus: { fields: ['status', 'totalAmount', '_id'] },
    newestOfCustomer: { fields: ['customerId', 'createdAt', '_id', 'totalAmount'] },
    inOrderOfTotalOfCustomer: { fields: ['customerId', 'totalAmount', '_id'] },
    newestOfCustomerAndStatus: { fields: ['customerId', 'status', 'createdAt', '_id', 'totalAmount'] },
  },
});

const summaryFields = {
  ...entityFields,
  status: 'status',
  customer: ({ customerKind, customerId }: OrderDocument) =>
    customerKind === 'user' ? { userId: customerId } : { reference: customerId },
  total: ({ totalAmount: amount, currency }: OrderDocument) => ({ amount, currency }),
  paid: ({ paidAmount: amount, currency }: OrderDocument) => ({ amount, currency }),
  refunded: ({ refundedAmount: amount, currency }: OrderDocument) => ({ amount, currency }),
  customerErasedAt: 'customerErasedAt',
} as const;

export const toOrderSummary = defineMapper<OrderDocument, OrderSummary>(summaryFields);

export const toOrder = defineMapper<OrderDocument, Order>({
  ...summaryFields,
  lines: 'lines',
  // In this sequence no intermediate result is larger than 2^53 - 1.
  subtotal: ({ totalAmount, shippingAmount = 0, discountAmount = 0, currency }) => ({
    amount: totalAmount - shippingAmount + discountAmount,
    currency,
  }),
  discount: ({ discountAmount: amount = 0, currency }) => ({ amount, currency }),
  shipping: ({ shippingAmount: amount = 0, currency }) => ({ amount, currency }),
  appliedRules: ({ appliedRules = [] }) => appliedRules,
  shippingAddress: 'shippingAddress',
  note: 'note',
  fulfilmentId: 'fulfilmentId',
});
