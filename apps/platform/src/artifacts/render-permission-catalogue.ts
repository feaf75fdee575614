import type { Contract } from '@plinth/contract-kit';

const toLine = ([name, { title, roles }]: readonly [string, Contract['permissions'][never]]): string =>
  `  '${name}': { title: ${JSON.stringify(title)}, roles: ${JSON.stringify(roles)} },`;

/** Renders the permissions of all contracts, sorted by name, as a file of the domain that stores the roles of users: it imports no other domain. */
export const renderPermissionCatalogue = (contracts: readonly Contract[]): string => {
  const all = Object.entries(
    Object.assign({}, ...contracts.map(({ permissions }) => permissions)) as Contract['permissions'],
  );
  return [
    '// Generated from the contracts by `npm run build`. Run it when a permission is added, renamed or given to another role.',
    "import type { PermissionCatalogue } from '@plinth/contract-kit';",
    '',
    '/** Every permission of every module, sorted by name. */',
    'export const permissionCatalogue: PermissionCatalogue = {',
    ...all.toSorted(([left], [right]) => (left < right ? -1 : 1)).map(toLine),
    '};',
    '',
  ].join('\n');
};
