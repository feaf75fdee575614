import * as actions from '@plinth/actions/orders';
import { orders, pricingRules, products, ruleSets, stockMovements, vouchers } from '@plinth/models/orders';
import {
  ordersContract,
  pricingRulesContract,
  productsContract,
  salesContract,
} from '@plinth/service-contracts/orders';
import { defineModule } from '@plinth/service-kit';
import { migrations } from './migrations/index.ts';

export const ordersModule = defineModule({
  name: 'orders',
  contracts: [ordersContract, productsContract, pricingRulesContract, salesContract],
  collections: { orders, pricingRules, products, ruleSets, stockMovements, vouchers },
  migrations,
  actions,
});
