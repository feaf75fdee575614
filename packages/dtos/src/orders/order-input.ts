import { defineListQuery, Id, IsoDate, Money, QueryInteger, resourceExample, toMergePatch } from '@plinth/contract-kit';
import { z } from 'zod';
import {
  addressExample,
  Customer,
  CustomerReference,
  OrderId,
  OrderNote,
  OrderStatus,
  OrderSummary,
  Quantity,
  ShippingAddress,
} from './order.ts';
import { VoucherCode } from './pricing-rule.ts';
import { ProductId } from './product.ts';

export const OrderParams = z.object({ id: OrderId });

const { id: productId } = resourceExample;

const Items = z
  .array(z.object({ productId: ProductId, quantity: Quantity }))
  .min(1)
  .max(100);

export const PlaceOrder = z
  .object({
    customer: Customer,
    lines: Items.describe('Each product once.'),
    shippingAddress: ShippingAddress,
    note: OrderNote.optional(),
    shippingFee: Money.optional().describe('What shipping costs unless a rule makes it free, by default nothing.'),
    voucherCode: VoucherCode.optional(),
  })
  .meta({
    id: 'PlaceOrder',
    examples: [
      { customer: { reference: 'C-1017' }, lines: [{ productId, quantity: 2 }], shippingAddress: addressExample },
      {
        customer: { reference: 'C-1017' },
        lines: [{ productId, quantity: 2 }],
        shippingAddress: addressExample,
        shippingFee: { amount: 490, currency: 'EUR' },
        voucherCode: 'WELCOME10',
      },
    ],
  });

/** The fields of an order that change by a merge patch. */
export const EditableOrder = z.object({ shippingAddress: ShippingAddress, note: OrderNote.optional() });

export const UpdateOrder = toMergePatch(EditableOrder).meta({
  id: 'UpdateOrder',
  examples: [{ shippingAddress: { street: '13 St James’s Square' } }],
});

export const ShipOrder = z
  .object({ lines: Items.optional().describe('Each product once. Without it, all that has not been shipped.') })
  .meta({ id: 'ShipOrder', examples: [{ lines: [{ productId, quantity: 1 }] }] });

export const RefundOrder = z
  .object({
    amount: Money.extend({ amount: z.int().min(1) })
      .optional()
      .describe('In the currency of the order. Without it, all that has not been refunded.'),
  })
  .meta({ id: 'RefundOrder', examples: [{ amount: { amount: 500, currency: 'EUR' } }] });

const times = ['-createdAt', 'createdAt'] as const;
const totals = ['total', '-total'] as const;

export const ListOrdersQuery = defineListQuery({
  item: OrderSummary,
  filters: { status: OrderStatus, customerId: z.union([Id, CustomerReference]) },
  ranges: { createdAt: IsoDate, total: QueryInteger },
  combinations: [
    { sort: times, range: 'total' },
    { sort: totals },
    { where: ['status'], in: 'status', sort: times, range: 'total' },
    { where: ['status'], in: 'status', sort: totals },
    { where: ['customerId'], sort: times, range: 'total' },
    { where: ['customerId'], sort: totals },
    { where: ['customerId', 'status'], in: 'status', sort: times, range: 'total' },
  ],
});
