/** The roles that every tenant has. Each permission names those that have it. */
export const builtInRoles = ['owner', 'admin', 'member', 'viewer', 'billing'] as const;
/** The role of the users whose permissions a role of the organization's own decides. No catalogue names it. */
export const customRole = 'custom';

export type BuiltInRole = (typeof builtInRoles)[number];

/** One permission: what it allows a user to do, and the built-in roles that have it. */
export type PermissionSpec = { readonly title: string; readonly roles: readonly BuiltInRole[] };

/** `<domain>:<verb>`, the name by which routes require a permission. */
export type PermissionName = `${string}:${string}`;

export type PermissionCatalogue<N extends PermissionName = PermissionName> = { readonly [K in N]: PermissionSpec };

type CheckNames<D extends string, B> = {
  readonly [K in Exclude<keyof B, `${D}:${string}`>]: `A permission of this domain is named '${D}:…'.`;
};

/** Declares the permissions of a domain; each name begins with the domain. */
export const definePermissions = <const D extends string, const B extends PermissionCatalogue>(
  domain: D,
  catalogue: B & CheckNames<D, B>,
): B => {
  const stray = Object.keys(catalogue).find((name) => !name.startsWith(`${domain}:`));
  if (stray) throw new TypeError(`The permission '${stray}' must be named '${domain}:…'.`);
  return catalogue;
};
