export { ErasedCustomerDocument, erasedCustomers } from './erased-customer.ts';
export { FulfilmentDocument, fulfilments, toFulfilment } from './fulfilment.ts';
export { OrderDocument, orders, toOrder, toOrderSummary } from './order.ts';
export { ordersHistory } from './orders-history.ts';
export { PricingRuleDocument, pricingRules, toPricingRule } from './pricing-rule.ts';
export { ProductDocument, products, stockMax, toProduct } from './product.ts';
export { activeRulesMax, RuleSetDocument, ruleSets } from './rule-set.ts';
export { StockMovementDocument, stockMovements, toStockMovement } from './stock-movement.ts';
export { VoucherDocument, vouchers } from './voucher.ts';
