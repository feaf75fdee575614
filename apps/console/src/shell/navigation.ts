import { listAuditEvents } from '@plinth/service-actions/audit';
import { listJobs } from '@plinth/service-actions/operations';
import { getSalesSummary, listOrders, listPricingRules, listProducts } from '@plinth/service-actions/orders';
import { listUsers } from '@plinth/service-actions/users';
import type { Callable } from '../api/can.ts';
import { AuditIcon, JobsIcon, OrdersIcon, PricingIcon, ProductsIcon, SalesIcon, UsersIcon } from '../ui/icons.tsx';

export type NavigationItem = {
  readonly label: string;
  readonly to: string;
  readonly icon: typeof UsersIcon;
  /** The list behind it: an item whose list the user may not read is absent. */
  readonly action: Callable;
};

/** The entries of the navigation, in their order. */
export const navigation: readonly NavigationItem[] = [
  { label: 'Users', to: '/users', icon: UsersIcon, action: listUsers },
  { label: 'Orders', to: '/orders', icon: OrdersIcon, action: listOrders },
  { label: 'Products', to: '/products', icon: ProductsIcon, action: listProducts },
  { label: 'Pricing', to: '/pricing', icon: PricingIcon, action: listPricingRules },
  { label: 'Sales', to: '/sales', icon: SalesIcon, action: getSalesSummary },
  { label: 'Jobs', to: '/jobs', icon: JobsIcon, action: listJobs },
  { label: 'Audit', to: '/audit', icon: AuditIcon, action: listAuditEvents },
];
