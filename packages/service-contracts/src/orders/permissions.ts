import { builtInRoles, definePermissions } from '@plinth/contract-kit';

export const productsPermissions = definePermissions('products', {
  'products:read': { title: 'View products and their stock', roles: ['owner', 'admin', 'member', 'viewer'] },
  'products:write': { title: 'Create and change products, and add stock', roles: ['owner', 'admin', 'member'] },
});

export const ordersPermissions = definePermissions('orders', {
  'orders:read': { title: 'View orders', roles: [...builtInRoles] },
  'orders:write': { title: 'Place, change, cancel, ship and deliver orders', roles: ['owner', 'admin', 'member'] },
  'orders:charge': { title: 'Record payments and refunds', roles: ['owner', 'admin', 'billing'] },
});

export const pricingRulesPermissions = definePermissions('pricing-rules', {
  'pricing-rules:read': {
    title: 'View pricing rules and the uses of vouchers',
    roles: ['owner', 'admin', 'member', 'viewer'],
  },
  'pricing-rules:write': { title: 'Create, change, disable and enable pricing rules', roles: ['owner', 'admin'] },
});

export const fulfilmentsPermissions = definePermissions('fulfilments', {
  'fulfilments:read': { title: 'View fulfilments', roles: [...builtInRoles] },
  'fulfilments:write': { title: 'Charge and fulfil orders', roles: ['owner', 'admin'] },
});
