import { defineMigration } from '@plinth/data-kit';

/** Adds the history of orders. Earlier code changes orders without an entry in it. */
export const history = [
  defineMigration({ name: '0003-history-of-orders', phase: 'expand', collection: 'ordersHistory' }),
];
