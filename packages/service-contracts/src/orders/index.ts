export { ordersErrors } from './errors.ts';
export { erasedCustomersEvents, ordersEvents, pricingRulesEvents, productsEvents } from './events.ts';
export { type OrderEvent, orderLifecycle } from './lifecycle.ts';
export { ordersContract } from './orders.ts';
export { ordersPermissions, pricingRulesPermissions, productsPermissions } from './permissions.ts';
export { pricingRulesContract } from './pricing-rules.ts';
export { productsContract } from './products.ts';
export { salesContract } from './sales.ts';
