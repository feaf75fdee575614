// Generated from the contracts by `npm run build`. Run it when a permission is added, renamed or given to another role.
import type { PermissionCatalogue } from '@plinth/contract-kit';

/** Every permission of every module, sorted by name. */
export const permissionCatalogue: PermissionCatalogue = {
  'audit:read': { title: "View and export the audit events", roles: ["owner","admin"] },
  'fulfilments:read': { title: "View fulfilments", roles: ["owner","admin","member","viewer","billing"] },
  'fulfilments:write': { title: "Charge and fulfil orders", roles: ["owner","admin"] },
  'jobs:read': { title: "View jobs and dead messages", roles: ["owner","admin"] },
  'jobs:write': { title: "Retry and drop dead messages", roles: ["owner","admin"] },
  'operations:read': { title: "View long operations", roles: ["owner","admin","member","viewer"] },
  'operations:write': { title: "Cancel long operations", roles: ["owner","admin","member"] },
  'orders:charge': { title: "Record payments and refunds", roles: ["owner","admin","billing"] },
  'orders:read': { title: "View orders", roles: ["owner","admin","member","viewer","billing"] },
  'orders:write': { title: "Place, change, cancel, ship and deliver orders", roles: ["owner","admin","member"] },
  'pricing-rules:read': { title: "View pricing rules and the uses of vouchers", roles: ["owner","admin","member","viewer"] },
  'pricing-rules:write': { title: "Create, change, disable and enable pricing rules", roles: ["owner","admin"] },
  'products:read': { title: "View products and their stock", roles: ["owner","admin","member","viewer"] },
  'products:write': { title: "Create and change products, and add stock", roles: ["owner","admin","member"] },
  'roles:read': { title: "View custom roles and permissions", roles: ["owner","admin","member","viewer","billing"] },
  'roles:write': { title: "Create, change and delete custom roles", roles: ["owner","admin"] },
  'users:erase': { title: "Erase deleted users", roles: ["owner"] },
  'users:export': { title: "Export all users", roles: ["owner","admin"] },
  'users:read': { title: "View users", roles: ["owner","admin","member","viewer","billing"] },
  'users:write': { title: "Create, change and delete users", roles: ["owner","admin"] },
};
