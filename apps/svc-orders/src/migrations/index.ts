import { erasedCustomers } from './erased-customers.ts';
import { history } from './history.ts';
import { pricingRules } from './pricing-rules.ts';

/** The migrations of the orders database in the order of their numbers. A released migration never changes. */
export const migrations = [...pricingRules, ...erasedCustomers, ...history];
