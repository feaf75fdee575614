import { defineContract, defineRoute } from '@plinth/contract-kit';
import { SalesQuery, SalesSummary } from '@plinth/dtos/orders';
import { ordersErrors } from './errors.ts';
import { ordersPermissions } from './permissions.ts';

export const salesContract = defineContract('sales', {
  permissions: ordersPermissions,
  routes: {
    getSalesSummary: defineRoute({
      method: 'GET',
      path: '/v1/sales-summary',
      summary: 'Get the sales of each day',
      description: 'Counts the orders that were placed in the period, including cancelled ones, by day and currency.',
      auth: { policy: 'orders:read' },
      limit: 'sensitive',
      query: SalesQuery,
      responses: { 200: SalesSummary },
      errors: [ordersErrors.periodTooLarge],
    }),
  },
});
