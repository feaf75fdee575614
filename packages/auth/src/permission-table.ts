import type { PermissionCatalogue, PermissionName, PermissionSpec } from '@plinth/contract-kit';

/** One permission, what it lets a person do, and the roles that have it. */
export type PermissionRow = {
  readonly permission: PermissionName;
  readonly title: string;
  readonly roles: readonly string[];
};

const isSame = (row: PermissionRow, { title, roles }: PermissionSpec): boolean =>
  row.title === title &&
  row.roles.every((role) => roles.some((other) => other === role)) &&
  roles.every((role) => row.roles.includes(role));

/**
 * The permissions of all books by name. A book may come twice: the contracts of one domain share it.
 * @throws a `TypeError` when two books disagree about a permission.
 */
export const gatherPermissions = (books: readonly PermissionCatalogue[]): ReadonlyMap<string, PermissionRow> => {
  const rows = new Map<string, PermissionRow>();
  for (const [name, spec] of books.flatMap((book) => Object.entries(book))) {
    const known = rows.get(name);
    if (known && !isSame(known, spec)) {
      throw new TypeError(
        `The permission '${name}' is declared twice, with different titles or roles. Keep one declaration and share its book.`,
      );
    }
    const permission = name as PermissionName;
    if (!known) rows.set(name, Object.freeze({ permission, title: spec.title, roles: Object.freeze([...spec.roles]) }));
  }
  return rows;
};
