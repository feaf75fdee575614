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

/** True when every filter or inserted document of a command names a tenant. */
export const hasTenant = (name: string, command: Document): boolean =>
  getFilters(name, command).every((filter) => isTenant(filter?.['tenantId']));

/** Returns the queries of a command that `explain` can run. */
export const toExplainableQueries = (name: string, command: Document): readonly Document[] => {
  const collection = command[name] as string;
  if (name === 'find') {
    const { filter, sort, hint, limit, min, max } = command;
    return [
      Object.fromEntries(
        Object.entries({ find: collection, filter, sort, hint, limit, min, max }).filter(
          ([, part]) => part !== undefined,
        ),
      ),
    ];
  }
  // An update or a removal examines the same documents as a find with its filter.
  if (name === 'update' || name === 'delete')
    return getFilters(name, command).map((filter) => ({ find: collection, filter }));
  return [];
};
