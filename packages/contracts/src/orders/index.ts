import type { ServiceOf } from '@plinth/data-kit';
import type {
  fulfilmentsContract,
  ordersContract,
  pricingRulesContract,
  productsContract,
  salesContract,
} from '@plinth/service-contracts/orders';

export type { ChargeOutcome, ChargeRequest, Declined, Payments, RefundOutcome, RefundRequest } from './payments.ts';

export type FulfilmentsService = ServiceOf<typeof fulfilmentsContract>;
export type OrdersService = ServiceOf<typeof ordersContract>;
export type PricingRulesService = ServiceOf<typeof pricingRulesContract>;
export type ProductsService = ServiceOf<typeof productsContract>;
export type SalesService = ServiceOf<typeof salesContract>;
