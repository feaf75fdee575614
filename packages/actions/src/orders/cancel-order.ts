import { commonErrors } from '@plinth/contract-kit';
import type { OrdersService } from '@plinth/contracts/orders';
import type { Collection, Events } from '@plinth/data-kit';
import { type OrderDocument, type ProductDocument, toOrder } from '@plinth/models/orders';
import { ordersEvents } from '@plinth/service-contracts/orders';
import { returnStock } from './change-stock.ts';
import { getNextStatus } from './lifecycle.ts';
import { returnVoucherUse, type Vouchers } from './return-voucher-use.ts';

type Deps = {
  orders: Collection<OrderDocument, 'get' | 'update'>;
  products: Collection<ProductDocument, 'updateWhere'>;
  vouchers: Vouchers;
  events: Events;
};

export const cancelOrder =
  ({ orders, products, vouchers, events }: Deps): OrdersService['cancelOrder'] =>
  async ({ id }, ctx) => {
    const order = await orders.for(ctx).get(id);
    const { paidAmount, refundedAmount, currency, lines } = order;
    const $set = { status: getNextStatus(order.status, { type: 'cancel' }), refundedAmount: paidAmount };
    const cancelled = orders.for(ctx).update(order, { $set }, commonErrors.conflict());
    // The voucher before the products, as when an order is placed, so that transactions lock them in the same sequence.
    await returnVoucherUse(vouchers, ctx, order);
    returnStock(products, ctx, lines);
    const refunded = { amount: paidAmount - refundedAmount, currency };
    events.emit(ctx, ordersEvents.orderCancelled, { orderId: id, refunded });
    return toOrder(cancelled);
  };
