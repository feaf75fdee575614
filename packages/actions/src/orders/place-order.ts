import type { OrdersService } from '@plinth/contracts/orders';
import type { Collection, Events } from '@plinth/data-kit';
import { type OrderDocument, type ProductDocument, toOrder } from '@plinth/models/orders';
import { ordersEvents } from '@plinth/service-contracts/orders';
import { takeStock } from './change-stock.ts';
import { findPricing, type PricingDeps, requirePricing } from './find-pricing.ts';
import { assertEachOnce } from './price-lines.ts';
import { priceOrder } from './price-order.ts';

type Deps = PricingDeps & {
  orders: Collection<OrderDocument, 'insert'>;
  products: Collection<ProductDocument, 'getMany' | 'require' | 'updateWhere'>;
  events: Events;
};

type Customer = Parameters<OrdersService['placeOrder']>[0]['body']['customer'];

const toStoredCustomer = (customer: Customer) =>
  'userId' in customer
    ? ({ customerKind: 'user', customerId: customer.userId } as const)
    : ({ customerKind: 'reference', customerId: customer.reference } as const);

/** Takes the stock of every line and the use of the voucher, and stores the order, or does nothing of it. */
export const placeOrder =
  ({ orders, products, events, ...deps }: Deps): OrdersService['placeOrder'] =>
  async ({ body }, ctx) => {
    const { customer, lines: items, shippingAddress, note, voucherCode } = body;
    assertEachOnce(items);
    const [found, pricing] = await Promise.all([
      products.for(ctx).getMany(items.map(({ productId }) => productId)),
      findPricing(deps, ctx, voucherCode),
    ]);
    const priced = await priceOrder(body, found, pricing);
    requirePricing(deps, ctx, pricing);
    takeStock(products, ctx, priced.lines);
    const draft = { ...priced, ...toStoredCustomer(customer), shippingAddress, note };
    const order = orders.for(ctx).insert({ ...draft, status: 'placed', paidAmount: 0, refundedAmount: 0 });
    const { total } = toOrder(order);
    events.emit(ctx, ordersEvents.orderPlaced, { orderId: order._id, lines: items, total });
    return toOrder(order);
  };
