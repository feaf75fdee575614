import { commonErrors } from '@plinth/contract-kit';
import fp from 'fastify-plugin';
import { assertContract } from '../http/route-config.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** The methods of the routes that a path (without query) matches, sorted; empty when no route matches. */
    getAllowedMethods(path: string): readonly string[];
    /**
     * Rejects the methods that a path without parameters shares with a route with parameters only: `PATCH /v1/users/me` is
     * not routed to `PATCH /v1/users/:id` with the id `me`. Call it after the last route.
     */
    rejectShadowedMethods(): void;
  }
}

type Route = { readonly url: string; readonly pattern: RegExp; readonly methods: Set<string> };

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

const toPattern = (url: string): RegExp =>
  new RegExp(
    `^${url
      .split(/(:\w+)/)
      .map((part) => (part.startsWith(':') ? '[^/]+' : escape(part)))
      .join('')}$`,
  );

const hasParameters = ({ url }: Route): boolean => url.includes(':');

/** Records the methods of every path, and refuses a route without a contract. */
export const routeTable = fp(
  async (app) => {
    const routes = new Map<string, Route>();
    let isComplete = false;
    const findRoutes = (path: string): Route[] => [...routes.values()].filter(({ pattern }) => pattern.test(path));
    const collectMethods = (found: readonly Route[]): string[] =>
      [...new Set(found.flatMap(({ methods }) => [...methods]))].sort();

    app.addHook('onRoute', (options) => {
      assertContract(options);
      if (isComplete) return;
      const { method, url } = options;
      const route = routes.get(url) ?? { url, pattern: toPattern(url), methods: new Set() };
      for (const name of [method].flat()) route.methods.add(name);
      routes.set(url, route);
    });

    app.decorate('getAllowedMethods', (path) => {
      const exact = routes.get(path);
      return collectMethods(exact && !hasParameters(exact) ? [exact] : findRoutes(path));
    });

    app.decorate('rejectShadowedMethods', () => {
      isComplete = true;
      const exactRoutes = [...routes.values()].filter((route) => !hasParameters(route));
      for (const { url, methods } of exactRoutes) {
        const method = collectMethods(findRoutes(url)).filter((name) => !methods.has(name));
        if (method.length === 0) continue;
        const handler = () => Promise.reject(commonErrors.methodNotAllowed());
        app.route({ method, url, config: { operational: true }, handler });
      }
    });
  },
  { name: 'route-table' },
);
