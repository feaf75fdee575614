import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { Layout } from './shell/layout.tsx';
import { CrashPage, NotFoundPage } from './shell/pages.tsx';

/** Filters and sorts of a list stay in the address; the list keeps those of its contract. */
const validateSearch = (search: Readonly<Record<string, unknown>>) => search;

const root = createRootRoute({ component: Layout, notFoundComponent: NotFoundPage, errorComponent: CrashPage });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/users' });
  },
});

const users = createRoute({
  getParentRoute: () => root,
  path: '/users',
  validateSearch,
  component: lazyRouteComponent(() => import('./users/user-list.tsx'), 'UserList'),
});
const newUser = createRoute({
  getParentRoute: () => root,
  path: '/users/new',
  component: lazyRouteComponent(() => import('./users/new-user.tsx'), 'NewUser'),
});
const user = createRoute({
  getParentRoute: () => root,
  path: '/users/$id',
  component: lazyRouteComponent(() => import('./users/user-detail.tsx'), 'UserDetail'),
});
const editUser = createRoute({
  getParentRoute: () => root,
  path: '/users/$id/edit',
  component: lazyRouteComponent(() => import('./users/edit-user.tsx'), 'EditUser'),
});

const products = createRoute({
  getParentRoute: () => root,
  path: '/products',
  validateSearch,
  component: lazyRouteComponent(() => import('./products/product-list.tsx'), 'ProductList'),
});
const newProduct = createRoute({
  getParentRoute: () => root,
  path: '/products/new',
  component: lazyRouteComponent(() => import('./products/new-product.tsx'), 'NewProduct'),
});
const importProducts = createRoute({
  getParentRoute: () => root,
  path: '/products/import',
  component: lazyRouteComponent(() => import('./products/import-products.tsx'), 'ImportProducts'),
});
const operation = createRoute({
  getParentRoute: () => root,
  path: '/operations/$id',
  component: lazyRouteComponent(() => import('./operations/operation-detail.tsx'), 'OperationDetail'),
});
const product = createRoute({
  getParentRoute: () => root,
  path: '/products/$id',
  component: lazyRouteComponent(() => import('./products/product-detail.tsx'), 'ProductDetail'),
});
const editProduct = createRoute({
  getParentRoute: () => root,
  path: '/products/$id/edit',
  component: lazyRouteComponent(() => import('./products/edit-product.tsx'), 'EditProduct'),
});
const orders = createRoute({
  getParentRoute: () => root,
  path: '/orders',
  validateSearch,
  component: lazyRouteComponent(() => import('./orders/order-list.tsx'), 'OrderList'),
});
const newOrder = createRoute({
  getParentRoute: () => root,
  path: '/orders/new',
  component: lazyRouteComponent(() => import('./orders/new-order.tsx'), 'NewOrder'),
});
const order = createRoute({
  getParentRoute: () => root,
  path: '/orders/$id',
  component: lazyRouteComponent(() => import('./orders/order-detail.tsx'), 'OrderDetail'),
});
const editOrder = createRoute({
  getParentRoute: () => root,
  path: '/orders/$id/edit',
  component: lazyRouteComponent(() => import('./orders/edit-order.tsx'), 'EditOrder'),
});
const pricing = createRoute({
  getParentRoute: () => root,
  path: '/pricing',
  validateSearch,
  component: lazyRouteComponent(() => import('./pricing/rule-list.tsx'), 'RuleList'),
});
const sales = createRoute({
  getParentRoute: () => root,
  path: '/sales',
  validateSearch,
  component: lazyRouteComponent(() => import('./sales/sales.tsx'), 'Sales'),
});
const jobs = createRoute({
  getParentRoute: () => root,
  path: '/jobs',
  component: lazyRouteComponent(() => import('./jobs/job-list.tsx'), 'JobList'),
});
const job = createRoute({
  getParentRoute: () => root,
  path: '/jobs/$module/$name',
  component: lazyRouteComponent(() => import('./jobs/job-detail.tsx'), 'JobDetail'),
});
const deadMessage = createRoute({
  getParentRoute: () => root,
  path: '/jobs/$module/$name/$id',
  component: lazyRouteComponent(() => import('./jobs/message-detail.tsx'), 'MessageDetail'),
});
const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  validateSearch,
  component: lazyRouteComponent(() => import('./audit/audit-list.tsx'), 'AuditList'),
});
const auditEvent = createRoute({
  getParentRoute: () => root,
  path: '/audit/$id',
  component: lazyRouteComponent(() => import('./audit/audit-event.tsx'), 'AuditEventDetail'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    users,
    newUser,
    user,
    editUser,
    products,
    newProduct,
    importProducts,
    operation,
    product,
    editProduct,
    orders,
    newOrder,
    order,
    editOrder,
    pricing,
    sales,
    jobs,
    job,
    deadMessage,
    audit,
    auditEvent,
  ]),
  // The parameters are those of the API.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(search as Record<string, string>).toString();
    return text && `?${text}`;
  },
  defaultPreload: 'intent',
  defaultErrorComponent: CrashPage,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
