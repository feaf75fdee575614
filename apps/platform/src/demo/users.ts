import { type BuiltInRole, builtInRoles } from '@plinth/contract-kit';
import type { Plan } from '@plinth/data-kit';

/** The demo organizations and their users. Ids are fixed, so that a token can be created without the database. */
export const demoTenants = {
  acme: '01935a00-0000-7000-8000-0000000000a0',
  globex: '01935a00-0000-7000-8000-0000000000b0',
} as const;

export type DemoTenant = keyof typeof demoTenants;

const demoTenantIds: readonly string[] = Object.values(demoTenants);

/** Returns the plan of a demo organization: the largest one, so that rate limits do not interrupt a trial of the API. */
export const findDemoPlan = (tenantId: string): Plan | undefined =>
  demoTenantIds.includes(tenantId) ? 'enterprise' : undefined;

export type DemoUser = {
  readonly id: string;
  readonly tenantId: string;
  /** The name of the tenant. */
  readonly organization: DemoTenant;
  readonly role: BuiltInRole;
  readonly name: string;
  readonly email: string;
};

/** Ids of users as they were before further roles were added: they do not depend on the order of the roles. */
const lastDigits: Readonly<Record<BuiltInRole, number>> = { owner: 1, member: 2, viewer: 3, admin: 4, billing: 5 };

const names: Readonly<Record<DemoTenant, Readonly<Record<BuiltInRole, string>>>> = {
  acme: {
    owner: 'Ada Lovelace',
    admin: 'Anita Borg',
    member: 'Alan Turing',
    viewer: 'Annie Easley',
    billing: 'Adele Goldberg',
  },
  globex: {
    owner: 'Grace Hopper',
    admin: 'Gerald Sussman',
    member: 'Gottfried Leibniz',
    viewer: 'Gladys West',
    billing: 'George Boole',
  },
};

export const getDemoUser = (tenant: DemoTenant, role: BuiltInRole): DemoUser => {
  const tenantId = demoTenants[tenant];
  // The id of a user is the id of the tenant with another last digit.
  const id = `${tenantId.slice(0, -1)}${lastDigits[role]}`;
  const name = names[tenant][role];
  return { id, tenantId, organization: tenant, role, name, email: `${role}@${tenant}.example` };
};

export const demoUsers: readonly DemoUser[] = (Object.keys(demoTenants) as DemoTenant[]).flatMap((tenant) =>
  builtInRoles.map((role) => getDemoUser(tenant, role)),
);
