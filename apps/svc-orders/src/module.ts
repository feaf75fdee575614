import * as actions from '@plinth/actions/orders';
import {
  eraseEndedOrders,
  eraseOrderAtEnd,
  eraseOrderHistory,
  startCustomerErasure,
} from '@plinth/actions/orders/consumers';
import { cancelUnpaidOrder, cancelUnpaidOrders } from '@plinth/actions/orders/jobs';
import { defineConsumer } from '@plinth/data-kit';
import {
  erasedCustomers,
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
const { orderDelivered, orderCancelled, orderRefunded, orderCustomerErased, orderHistoryErasureContinued } =
  ordersEvents;

export const ordersModule = defineModule({
  name: 'orders',
  contracts: [ordersContract, productsContract, pricingRulesContract, salesContract],
  events: [ordersEvents, productsEvents, pricingRulesEvents, erasedCustomersEvents],
  collections: { erasedCustomers, orders, ordersHistory, pricingRules, products, ruleSets, stockMovements, vouchers },
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
  ],
  jobs: [cancelUnpaidOrders, cancelUnpaidOrder],
});
