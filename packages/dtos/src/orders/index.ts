export { Fulfilment, FulfilmentStatus, StartFulfilment } from './fulfilment.ts';
export {
  AppliedRule,
  Customer,
  CustomerReference,
  erasedText,
  erasedUserId,
  Order,
  OrderId,
  OrderLine,
  OrderNote,
  OrderPage,
  OrderStatus,
  OrderSummary,
  OrderTransition,
  Quantity,
  ShippingAddress,
} from './order.ts';
export { ListOrderHistoryQuery, OrderAsOf, OrderHistoryEntry, OrderHistoryPage } from './order-history.ts';
export {
  EditableOrder,
  ListOrdersQuery,
  OrderParams,
  PlaceOrder,
  RefundOrder,
  ShipOrder,
  UpdateOrder,
} from './order-input.ts';
export { PricingConditions } from './pricing-conditions.ts';
export {
  Discount,
  PricingEffect,
  PricingRule,
  PricingRuleId,
  PricingRuleKind,
  PricingRuleName,
  PricingRulePage,
  PricingRuleStatus,
  pricingRuleFields,
  VoucherCode,
  VoucherUses,
} from './pricing-rule.ts';
export {
  CreatePricingRule,
  ListPricingRulesQuery,
  PricingRuleParams,
  ReplacePricingRule,
} from './pricing-rule-input.ts';
export {
  Product,
  ProductDescription,
  ProductId,
  ProductName,
  ProductPage,
  ProductStatus,
  Sku,
  Stock,
} from './product.ts';
export {
  CreateProduct,
  ExportProducts,
  ListProductsQuery,
  ProductExportParams,
  ProductParams,
  UpdateProduct,
} from './product-input.ts';
export { ProductMatches, SearchProductsQuery } from './product-search.ts';
export { SalesOfDay, SalesQuery, SalesSummary } from './sales.ts';
export { ListStockMovementsQuery, Restock, StockMovement, StockMovementPage } from './stock-movement.ts';
