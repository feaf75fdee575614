import { commonErrors } from '@plinth/contract-kit';
import type { FastifyInstance } from 'fastify';

/** The methods that each path of a server has, for those who come with another one. */
export type Methods = {
  /** The methods of the routes that a path (without query) matches, sorted; none when no route does. */
  allowed(path: string): readonly string[];
  /**
   * Refuses the methods of a template on the paths of routes that have a name of their own: `PATCH /v1/users/me` is
   * not about a person whose id is `me`. To be called when every route is there.
   */
  closeShadows(): void;
};

type Route = { readonly url: string; readonly pattern: RegExp; readonly methods: Set<string> };

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

const toPattern = (url: string): RegExp =>
  new RegExp(
    `^${url
      .split(/(:\w+)/)
      .map((part) => (part.startsWith(':') ? '[^/]+' : escape(part)))
      .join('')}$`,
  );

const isTemplate = ({ url }: Route): boolean => url.includes(':');

/** Collects the methods of every route that is added to `app` from now on. */
export const collectMethods = (app: FastifyInstance): Methods => {
  const routes = new Map<string, Route>();
  let isClosing = false;
  app.addHook('onRoute', ({ method, url }) => {
    if (isClosing) return;
    const route = routes.get(url) ?? { url, pattern: toPattern(url), methods: new Set() };
    for (const one of [method].flat()) route.methods.add(one);
    routes.set(url, route);
  });
  const matching = (path: string): Route[] => [...routes.values()].filter(({ pattern }) => pattern.test(path));
  return {
    allowed: (path) => {
      const named = routes.get(path);
      const found = named && !isTemplate(named) ? [named] : matching(path);
      return [...new Set(found.flatMap(({ methods }) => [...methods]))].sort();
    },
    closeShadows: () => {
      isClosing = true;
      for (const named of [...routes.values()].filter((route) => !isTemplate(route))) {
        const inherited = matching(named.url).flatMap(({ methods }) => [...methods]);
        const method = [...new Set(inherited)].filter((one) => !named.methods.has(one));
        if (method.length === 0) continue;
        const handler = () => Promise.reject(commonErrors.methodNotAllowed());
        app.route({ method, url: named.url, config: { operational: true }, handler });
      }
    },
  };
};
