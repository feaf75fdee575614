import { commonErrors } from '@plinth/contract-kit';
import type { OrdersService } from '@plinth/contracts/orders';
import type { Collection, Events } from '@plinth/data-kit';
import { type OrderDocument, type ProductDocument, toOrder } from '@plinth/models/orders';
import { ordersErrors, ordersEvents } from '@plinth/service-contracts/orders';
import { returnStock } from './change-stock.ts';
import { assertLegal, getNextStatus } from './lifecycle.ts';

type Deps = {
  orders: Collection<OrderDocument, 'get' | 'update'>;
  products: Collection<ProductDocument, 'updateWhere'>;
  events: Events;
};

type Amount = Parameters<OrdersService['refundOrder']>[0]['body']['amount'];

/** Returns the amount to refund, by default all that is left. @throws when it is in another currency or too large. */
const toRefund = ({ paidAmount, refundedAmount, currency }: OrderDocument, requested: Amount) => {
  const left = { amount: paidAmount - refundedAmount, currency };
  const { amount, currency: sent } = requested ?? left;
  if (sent !== currency) throw ordersErrors.currencyMismatch({ currencies: [currency, sent] });
  if (amount > left.amount) throw ordersErrors.refundTooLarge({ refundable: left });
  return { amount: { amount, currency }, isWhole: amount === left.amount };
};

/** The refund of all that was paid ends the order, so the items that were not shipped return to the stock. */
export const refundOrder =
  ({ orders, products, events }: Deps): OrdersService['refundOrder'] =>
  async ({ id, body }, ctx) => {
    const order = await orders.for(ctx).get(id);
    assertLegal(order.status, { type: 'refund', isWhole: true });
    const { amount, isWhole } = toRefund(order, body.amount);
    const status = getNextStatus(order.status, { type: 'refund', isWhole });
    const $set = { status, refundedAmount: order.refundedAmount + amount.amount };
    const refunded = orders.for(ctx).update(order, { $set }, commonErrors.conflict());
    if (isWhole) returnStock(products, ctx, order.lines);
    events.emit(ctx, ordersEvents.orderRefunded, { orderId: id, amount, isWhole });
    return toOrder(refunded);
  };
