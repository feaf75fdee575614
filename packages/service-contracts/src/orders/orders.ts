import { commonErrors, defineContract, defineRoute } from '@plinth/contract-kit';
import {
  ListOrderHistoryQuery,
  ListOrdersQuery,
  Order,
  OrderAsOf,
  OrderHistoryPage,
  OrderPage,
  OrderParams,
  PlaceOrder,
  RefundOrder,
  ShipOrder,
  UpdateOrder,
} from '@plinth/dtos/orders';
import { ordersErrors } from './errors.ts';
import { orderLifecycle } from './lifecycle.ts';
import { ordersPermissions } from './permissions.ts';

const {
  amountTooLarge,
  beingCharged,
  currencyMismatch,
  duplicateProduct,
  illegalTransition,
  outOfStock,
  pricesChanged,
  productUnavailable,
  refundTooLarge,
  shipmentTooLarge,
  voucherNotApplicable,
  voucherUnavailable,
  voucherUsedUp,
} = ordersErrors;
const { conflict } = commonErrors;

/** Room for every valid body, even where each character is written as an escape sequence. */
const bodyBytesMax = 32 * 1024;

const read = { policy: 'orders:read' } as const;
const write = { policy: 'orders:write' } as const;
const charge = { policy: 'orders:charge' } as const;
const order = { params: OrderParams, responses: { 200: Order } } as const;

export const ordersContract = defineContract('orders', {
  permissions: ordersPermissions,
  lifecycle: orderLifecycle,
  routes: {
    placeOrder: defineRoute({
      method: 'POST',
      path: '/v1/orders',
      summary: 'Place an order',
      description:
        'Takes the items of every line from the stock, or of none. The lines keep the prices at which the order is placed, even when a price changes meanwhile. A product in two lines is refused. The pricing rules that are active at that moment apply and are listed in `appliedRules`; only the first rule that an organization creates may miss orders that are being placed.',
      auth: write,
      body: PlaceOrder,
      bodyBytesMax,
      responses: { 201: Order },
      errors: [
        productUnavailable,
        outOfStock,
        pricesChanged,
        voucherUnavailable,
        voucherUsedUp,
        voucherNotApplicable,
        duplicateProduct,
        currencyMismatch,
        amountTooLarge,
      ],
    }),
    listOrders: defineRoute({
      method: 'GET',
      path: '/v1/orders',
      summary: 'List orders',
      description:
        'Has the orders without lines, address and note. `customerId` is the id of a user or a reference. Totals are compared by their amounts, whatever the currency.',
      auth: read,
      query: ListOrdersQuery,
      responses: { 200: OrderPage },
    }),
    getOrder: defineRoute({
      method: 'GET',
      path: '/v1/orders/:id',
      summary: 'Get an order',
      description:
        'Returns the order with its lines, as it is or as it was. Personal data that was erased is in no state of it any more.',
      auth: read,
      query: OrderAsOf,
      ...order,
    }),
    listOrderHistory: defineRoute({
      method: 'GET',
      path: '/v1/orders/:id/history',
      summary: 'List the changes of an order',
      description:
        'Has the author, the time and the changed fields of each change, the newest first. Personal data that was erased is in no change of it any more.',
      auth: read,
      params: OrderParams,
      query: ListOrderHistoryQuery,
      responses: { 200: OrderHistoryPage },
    }),
    updateOrder: defineRoute({
      method: 'PATCH',
      path: '/v1/orders/:id',
      summary: 'Change the shipping address or the note of an order',
      description: 'Until the first shipment. A patch that changes nothing keeps the version.',
      auth: write,
      ...order,
      body: UpdateOrder,
      bodyBytesMax,
      errors: [illegalTransition],
    }),
    cancelOrder: defineRoute({
      method: 'POST',
      path: '/v1/orders/:id/cancellation',
      summary: 'Cancel an order',
      description:
        'Until the first shipment. Returns the items to the stock and the use to its voucher, and refunds what has been paid.',
      auth: write,
      ...order,
      errors: [illegalTransition, beingCharged, conflict],
    }),
    markOrderPaid: defineRoute({
      method: 'POST',
      path: '/v1/orders/:id/payment',
      summary: 'Record the payment of an order',
      description: 'The total has been paid outside of this API.',
      auth: charge,
      ...order,
      errors: [illegalTransition, beingCharged, conflict],
    }),
    shipOrder: defineRoute({
      method: 'POST',
      path: '/v1/orders/:id/shipments',
      summary: 'Ship an order, whole or in parts',
      description: 'The order has been paid. Without lines, all that has not been shipped is.',
      auth: write,
      ...order,
      body: ShipOrder,
      bodyBytesMax,
      errors: [illegalTransition, shipmentTooLarge, duplicateProduct, conflict],
    }),
    deliverOrder: defineRoute({
      method: 'POST',
      path: '/v1/orders/:id/delivery',
      summary: 'Record the delivery of an order',
      description: 'All of its items have been shipped.',
      auth: write,
      ...order,
      errors: [illegalTransition, conflict],
    }),
    refundOrder: defineRoute({
      method: 'POST',
      path: '/v1/orders/:id/refunds',
      summary: 'Refund an order, whole or in part',
      description:
        'Never more than was paid. When all is refunded, the order ends, and items that were not shipped return to the stock; those that a customer sends back are added by a stock movement. The use of a voucher is not returned.',
      auth: charge,
      ...order,
      body: RefundOrder,
      bodyBytesMax,
      errors: [illegalTransition, refundTooLarge, currencyMismatch, conflict],
    }),
  },
});
