import type { RouteSpec } from '@plinth/contract-kit';

/** A resource of a tenant: the path at which it is found, such as `/v1/clubs/1/sessions/2`, and its last representation. */
export type Resource = { readonly path: string; readonly id: string; body: unknown; isChanged: boolean };

const withoutNames = (path: string): string => path.replace(/:\w+/g, ':');

/** Returns the part of a template up to its last parameter, and the part after it. */
const splitTemplate = (template: string): { readonly item: string; readonly suffix: string } => {
  const [, item = template, suffix = ''] = /^(.*\/:\w+)(.*)$/.exec(template) ?? [];
  return { item, suffix };
};

/** Returns the path of the item that a route names, without the names of its parameters; '' when it names none. */
export const toItem = ({ path }: RouteSpec): string =>
  path.includes(':') ? withoutNames(splitTemplate(path).item) : '';

const getCollection = (item: string): string => item.split('/').at(-2) ?? '';

const toStem = (name: string): string =>
  name.replace(/Ids?$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** True when a field such as `productId` or `guestIds` names resources of a collection such as `products`. */
const isNamedBy = (collection: string, field: string): boolean =>
  /.Ids?$/.test(field) &&
  [`${toStem(field)}s`, `${toStem(field)}es`, toStem(field).replace(/y$/, 'ies')].includes(collection);

const findIds = (value: unknown, field: string): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === field ? [inner].flat().filter((id): id is string => typeof id === 'string') : findIds(inner, field),
  );
};

/** Creates the resources that requests of one tenant have created. */
export const createResources = () => {
  const byTemplate = new Map<string, Resource[]>();
  const list = (template: string): Resource[] => byTemplate.get(template) ?? [];
  const listOfCollection = (isWanted: (collection: string) => boolean): Resource[] =>
    [...byTemplate].flatMap(([template, found]) => (isWanted(getCollection(template)) ? found : []));
  return {
    all: (): Resource[] => [...byTemplate.values()].flat(),
    /** Adds what a successful request created. */
    add: ({ path: template }: Pick<RouteSpec, 'path'>, path: string, body: { readonly id: string }): void => {
      const item = `${withoutNames(template)}/:`;
      byTemplate.set(item, [...list(item), { path: `${path}/${body.id}`, id: body.id, body, isChanged: false }]);
    },
    /** Returns the resources that a route can name in its path. */
    listTargets: ({ path }: RouteSpec): Resource[] => {
      const item = withoutNames(splitTemplate(path).item);
      const exact = list(item);
      if (exact.length > 0 || item.split(':').length > 2) return exact;
      const collection = getCollection(item);
      const found = listOfCollection((name) => name === collection);
      return found.map((resource) => ({ ...resource, path: item.replace(':', resource.id) }));
    },
    /** Returns the ids that a field of a body can have: those that the resource in the path has there, and those of its collection. */
    listReferences: (
      field: string,
      target?: Resource,
    ): { readonly own: string[]; readonly all: string[]; readonly unchanged: string[] } => {
      const named = listOfCollection((name) => isNamedBy(name, field));
      return {
        own: findIds(target?.body, field),
        all: named.map(({ id }) => id),
        unchanged: named.filter(({ isChanged }) => !isChanged).map(({ id }) => id),
      };
    },
    /** True for the route that creates the resources which another route can name in its path. */
    isCreatorFor: ({ path: creator }: RouteSpec, { path }: RouteSpec): boolean =>
      creator.split('/').at(-1) === getCollection(splitTemplate(path).item),
  };
};

export type Resources = ReturnType<typeof createResources>;

/** Returns the path of a route for a resource. */
export const toTargetPath = ({ path }: RouteSpec, target: Pick<Resource, 'path'> | undefined): string =>
  target ? target.path + splitTemplate(path).suffix : path;
