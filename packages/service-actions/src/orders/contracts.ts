// Generated from the contracts by `npm run build`. Run it when this file does not compile.
import { fulfilmentsContract, ordersContract, pricingRulesContract, productsContract, salesContract } from '@plinth/service-contracts/orders';

export const ordersContracts = [fulfilmentsContract, ordersContract, pricingRulesContract, productsContract, salesContract];
