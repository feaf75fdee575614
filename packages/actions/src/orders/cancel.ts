import { commonErrors } from '@plinth/contract-kit';
import type { Collection, Ctx, Events } from '@plinth/data-kit';
import type { OrderDocument, ProductDocument } from '@plinth/models/orders';
import { ordersEvents } from '@plinth/service-contracts/orders';
import { returnStock } from './change-stock.ts';
import { getNextStatus } from './lifecycle.ts';
import { returnVoucherUse, type Vouchers } from './return-voucher-use.ts';

export type CancelDeps = {
  orders: Collection<OrderDocument, 'get' | 'update'>;
  products: Collection<ProductDocument, 'updateWhere'>;
  vouchers: Vouchers;
  events: Events;
};

/** Cancels an order as it was read: the commit fails when it has changed since. */
export const cancel = async (
  { orders, products, vouchers, events }: CancelDeps,
  ctx: Ctx,
  order: OrderDocument,
): Promise<OrderDocument> => {
  const { _id: orderId, paidAmount, refundedAmount, currency, lines } = order;
  const $set = { status: getNextStatus(order.status, { type: 'cancel' }), refundedAmount: paidAmount };
  const cancelled = orders.for(ctx).update(order, { $set }, commonErrors.conflict());
  // The voucher before the products, as when an order is placed, so that transactions lock them in the same sequence.
  await returnVoucherUse(vouchers, ctx, order);
  returnStock(products, ctx, lines);
  const refunded = { amount: paidAmount - refundedAmount, currency };
  events.emit(ctx, ordersEvents.orderCancelled, { orderId, refunded });
  return cancelled;
};
