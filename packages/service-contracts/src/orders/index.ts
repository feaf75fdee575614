export { ordersErrors } from './errors.ts';
export {
  erasedCustomersEvents,
  fulfilmentsEvents,
  ordersEvents,
  pricingRulesEvents,
  productsEvents,
} from './events.ts';
export { fulfilmentsContract } from './fulfilments.ts';
export { type FulfilmentEvent, fulfilmentLifecycle, type OrderEvent, orderLifecycle } from './lifecycle.ts';
export { ordersContract } from './orders.ts';
export {
  fulfilmentsPermissions,
  ordersPermissions,
  pricingRulesPermissions,
  productsPermissions,
} from './permissions.ts';
export { pricingRulesContract } from './pricing-rules.ts';
export { productsContract } from './products.ts';
export { salesContract } from './sales.ts';
