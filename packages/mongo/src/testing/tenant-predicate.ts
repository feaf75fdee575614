import type { Document } from 'mongodb';

const isTenant = (value: unknown): boolean => typeof value === 'string' && value !== '';

const getFilters = (name: string, command: Document): readonly (Document | undefined)[] => {
  switch (name) {
    case 'find':
      return [command['filter'] as Document];
    case 'count':
    case 'distinct':
    case 'findAndModify':
      return [command['query'] as Document];
    case 'insert':
      return command['documents'] as Document[];
    case 'update':
      return (command['updates'] as Document[]).map(({ q }) => q as Document);
    case 'delete':
      return (command['deletes'] as Document[]).map(({ q }) => q as Document);
    case 'aggregate':
      return [(command['pipeline'] as Document[])[0]?.['$match'] as Document];
    default:
      return [];
  }
};

/** Returns the tenant that a filter names, even when each branch of an `$or` names it. */
const getTenant = (filter: Document | undefined): unknown => {
  const branches = filter?.['$or'] as Document[] | undefined;
  const tenants = new Set(branches?.map((branch) => branch['tenantId'] as unknown));
  return filter?.['tenantId'] ?? (tenants.size === 1 ? [...tenants][0] : undefined);
};

/** True when every filter or inserted document of a command names a tenant. */
export const hasTenant = (name: string, command: Document): boolean =>
  getFilters(name, command).every((filter) => isTenant(getTenant(filter)));

/** Returns the queries of a command that `explain` can run. */
export const toExplainableQueries = (name: string, command: Document): readonly Document[] => {
  const collection = command[name] as string;
  if (name === 'find') {
    const { filter, projection, sort, hint, skip, limit, min, max } = command;
    return [
      Object.fromEntries(
        Object.entries({ find: collection, filter, projection, sort, hint, skip, limit, min, max }).filter(
          ([, part]) => part !== undefined,
        ),
      ),
    ];
  }
  if (name === 'aggregate') {
    const [{ $match: filter } = {}] = command['pipeline'] as Document[];
    return filter ? [{ find: collection, filter, ...(command['hint'] && { hint: command['hint'] }) }] : [];
  }
  // An update or a removal examines the same documents as a find with its filter.
  if (name === 'update' || name === 'delete')
    return getFilters(name, command).map((filter) => ({ find: collection, filter }));
  return [];
};
