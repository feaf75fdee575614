import { defineMigration } from '@plinth/data-kit';

/** Adds the collection of erased customers and the time at which an order was erased, which earlier code neither writes nor reads. */
export const erasedCustomers = [
  defineMigration({ name: '0002-erased-customers', phase: 'expand', collection: 'orders' }),
];
