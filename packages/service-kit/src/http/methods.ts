import type { FastifyInstance } from 'fastify';

/** The methods that each path of a server has, for those who come with another one. */
export type Methods = {
  /** The methods of the routes that a path (without query) matches, sorted; none when no route does. */
  allowed(path: string): readonly string[];
};

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

const toPattern = (url: string): RegExp =>
  new RegExp(
    `^${url
      .split(/(:\w+)/)
      .map((part) => (part.startsWith(':') ? '[^/]+' : escape(part)))
      .join('')}$`,
  );

/** Collects the methods of every route that is added to `app` from now on. */
export const collectMethods = (app: FastifyInstance): Methods => {
  const routes = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();
  app.addHook('onRoute', ({ method, url }) => {
    const route = routes.get(url) ?? { pattern: toPattern(url), methods: new Set() };
    for (const one of [method].flat()) route.methods.add(one);
    routes.set(url, route);
  });
  return {
    allowed: (path) =>
      [
        ...new Set([...routes.values()].flatMap(({ pattern, methods }) => (pattern.test(path) ? [...methods] : []))),
      ].sort(),
  };
};
