import { type BuiltInRole, builtInRoles } from '@plinth/contract-kit';
import { type Plan } from '@plinth/data-kit';

/** The demo organizations and their people. Ids are fixed, so a token can be made without asking the database. */
export const demoTenants = {
  acme: '01935a00-0000-7000-8000-0000000000a0',
  globex: '01935a00-0000-7000-8000-0000000000b0',
} as const;

export type DemoTenant = keyof typeof demoTenants;

const demoTenantIds: readonly string[] = Object.values(demoTenants);

/** The demo organizations have contracts of their own, so that whoever tries the API is not held up. */
export const demoPlanOf = (tenantId: string): Plan | undefined =>
  demoTenantIds.includes(tenantId) ? 'enterprise' : undefined;

export type DemoPerson = {
  readonly id: string;
  readonly tenantId: string;
  readonly role: BuiltInRole;
  readonly name: string;
  readonly email: string;
};

const names: Readonly<Record<DemoTenant, Readonly<Record<BuiltInRole, string>>>> = {
  acme: { owner: 'Ada Lovelace', member: 'Alan Turing', viewer: 'Annie Easley' },
  globex: { owner: 'Grace Hopper', member: 'Gottfried Leibniz', viewer: 'Gladys West' },
};

export const demoPerson = (tenant: DemoTenant, role: BuiltInRole): DemoPerson => {
  const tenantId = demoTenants[tenant];
  // The ids of a tenant's people are the tenant's own with the last digit counted on.
  const id = `${tenantId.slice(0, -1)}${builtInRoles.indexOf(role) + 1}`;
  return { id, tenantId, role, name: names[tenant][role], email: `${role}@${tenant}.example` };
};

export const demoPeople: readonly DemoPerson[] = (Object.keys(demoTenants) as DemoTenant[]).flatMap((tenant) =>
  builtInRoles.map((role) => demoPerson(tenant, role)),
);
