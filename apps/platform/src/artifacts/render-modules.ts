import { type BuiltInRole, builtInRoles, type Contract, type RouteSpec } from '@plinth/contract-kit';
import { type ContractOwner, listContractOwners, type Module } from '@plinth/service-kit';

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

/** A module in a path is the same for all tenants. */
const namesResource = (path: string): boolean => /:(?!module\b)/.test(path);

/**
 * Returns how a route responds to each kind of caller: to the built-in roles, to an owner of another tenant that names a resource of this
 * one, and without a valid token. `self` is a user without the permission, for their own id.
 */
export const getAccess = ({ permissions }: Contract, { auth, path }: RouteSpec): Readonly<Record<string, string>> => {
  const toCell = (role: BuiltInRole): string => {
    if (typeof auth === 'string' || permissions[auth.policy]?.roles.includes(role)) return 'yes';
    return auth.orSelf ? 'self' : '403';
  };
  const withoutToken = auth === 'public' ? 'yes' : '401';
  return {
    ...Object.fromEntries(builtInRoles.map((role) => [role, toCell(role)])),
    'other tenant': namesResource(path) ? '404' : 'own data',
    'no token': withoutToken,
    'revoked token': withoutToken,
  };
};

const getPermission = ({ auth }: RouteSpec): string => {
  if (typeof auth === 'object') return `\`${auth.policy}\``;
  if (auth === 'identity') return 'none, a token of an identity is enough';
  return auth === 'public' ? 'none' : 'none, a token is enough';
};

const renderRoutes = (contract: Contract): string[] =>
  Object.entries(contract.routes).map(([operation, route]) => {
    const access = Object.values(getAccess(contract, route));
    return row(`\`${route.method} ${route.path}\``, `\`${operation}\``, getPermission(route), ...access);
  });

/** The kinds of callers, which are the last columns. */
const callers = [...builtInRoles, 'other tenant', 'no token', 'revoked token'];

const describeModule = ({ name, collections }: Module): string =>
  `The service \`svc-${name}\`; collections of the database \`${name}\`: ${list(Object.values(collections).map((collection) => collection.name))}.`;

const renderOwner = (modules: readonly Module[], { name, contracts }: ContractOwner): string[] => {
  const module = modules.find((candidate) => candidate.name === name);
  return [
    `## ${name}`,
    '',
    module ? describeModule(module) : 'Each service has these routes for its own modules, whose name is in the path.',
    '',
    row('route', 'operation', 'permission', ...callers),
    row('---', '---', '---', ...callers.map(() => '---')),
    ...contracts.flatMap(renderRoutes),
    '',
  ];
};

/** Renders the database, the routes and the permissions of each module, as Markdown. */
export const renderModules = (modules: readonly Module[]): string =>
  [
    '# Modules',
    '',
    'The database and the routes of each module, and who may call them. Generated from the contracts by `npm run build`, so that a',
    'review shows each change of a permission. A test sends each request as each caller, and compares.',
    '',
    'A role may call the route (`yes`), gets the status `403`, or may call it for its own id (`self`). An owner of another tenant who names a',
    'resource gets the status `404`; where no resource is named, the request concerns the data of their own tenant.',
    '',
    ...listContractOwners(modules).flatMap((owner) => renderOwner(modules, owner)),
  ].join('\n');
