import { defineMigration } from '@plinth/data-kit';

/** Adds the amounts and rules of orders, which earlier code neither writes nor reads. */
export const pricingRules = [defineMigration({ name: '0001-pricing-rules', phase: 'expand', collection: 'orders' })];
