// Generated from the contracts by `npm run build`. Run it when this file does not compile.
import { ordersContract, pricingRulesContract, productsContract, salesContract } from '@plinth/service-contracts/orders';

export const ordersContracts = [ordersContract, pricingRulesContract, productsContract, salesContract];
