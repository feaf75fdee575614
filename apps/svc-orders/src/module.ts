import * as actions from '@plinth/actions/orders';
import {
  eraseEndedOrders,
  eraseOrderAtEnd,
  eraseOrderHistory,
  followShipment,
  refundCharge,
  startCustomerErasure,
} from '@plinth/actions/orders/consumers';
import {
  cancelUnpaidOrder,
  cancelUnpaidOrders,
  chargeFulfilment,
  exportProductsPiece,
  importProductsPiece,
  timeOutFulfilment,
} from '@plinth/actions/orders/jobs';
import { defineConsumer, failStalledOperation, operationChunks, operations } from '@plinth/data-kit';
import {
  erasedCustomers,
  fulfilments,
  orders,
  ordersHistory,
  pricingRules,
  products,
  ruleSets,
  stockMovements,
  vouchers,
} from '@plinth/models/orders';
import {
  erasedCustomersEvents,
  fulfilmentsContract,
  fulfilmentsEvents,
  ordersContract,
  ordersEvents,
  pricingRulesContract,
  pricingRulesEvents,
  productsContract,
  productsEvents,
  salesContract,
} from '@plinth/service-contracts/orders';
import { usersEvents } from '@plinth/service-contracts/users';
import { defineModule } from '@plinth/service-kit';
import { migrations } from './migrations/index.ts';
import { openPayments } from './payments/open-payments.ts';
import { paymentSettings } from './payments/settings.ts';

const { customerErasureStarted, customerErasureContinued } = erasedCustomersEvents;
const {
  orderDelivered,
  orderCancelled,
  orderRefunded,
  orderCustomerErased,
  orderHistoryErasureContinued,
  orderShipped,
} = ordersEvents;

export const ordersModule = defineModule({
  name: 'orders',
  contracts: [ordersContract, fulfilmentsContract, productsContract, pricingRulesContract, salesContract],
  events: [ordersEvents, fulfilmentsEvents, productsEvents, pricingRulesEvents, erasedCustomersEvents],
  collections: {
    erasedCustomers,
    fulfilments,
    operationChunks,
    operations,
    orders,
    ordersHistory,
    pricingRules,
    products,
    ruleSets,
    stockMovements,
    vouchers,
  },
  migrations,
  actions,
  ports: {
    settings: paymentSettings,
    open: async (...options: Parameters<typeof openPayments>) => ({ payments: await openPayments(...options) }),
  },
  consumers: [
    defineConsumer({ name: 'start-customer-erasure', events: [usersEvents.userErased], handle: startCustomerErasure }),
    defineConsumer({
      name: 'erase-ended-orders',
      events: [customerErasureStarted, customerErasureContinued],
      handle: eraseEndedOrders,
    }),
    defineConsumer({
      name: 'erase-order-at-end',
      events: [orderDelivered, orderCancelled, orderRefunded],
      handle: eraseOrderAtEnd,
    }),
    defineConsumer({
      name: 'erase-order-history',
      events: [orderCustomerErased, orderHistoryErasureContinued],
      handle: eraseOrderHistory,
    }),
    defineConsumer({ name: 'follow-shipment', events: [orderShipped], order: 'aggregate', handle: followShipment }),
    defineConsumer({
      name: 'refund-charge',
      events: [orderCancelled, orderRefunded],
      order: 'aggregate',
      timeoutMs: 60_000,
      handle: refundCharge,
    }),
  ],
  jobs: [
    cancelUnpaidOrders,
    cancelUnpaidOrder,
    chargeFulfilment,
    timeOutFulfilment,
    exportProductsPiece,
    importProductsPiece,
    failStalledOperation,
  ],
});
