import type { RouteHandlerMethod } from 'fastify';
import fp from 'fastify-plugin';
import { readMethods } from '../http/route-config.ts';
import type { Lifecycle } from './request-context.ts';

/** A connection that a service needs. Without a required one it is not ready; without an optional one it is degraded. */
export type Dependency = { readonly name: string; readonly required: boolean; readonly check: () => Promise<void> };

export type HealthOptions = { readonly dependencies: readonly Dependency[]; readonly lifecycle: Lifecycle };

const checkTimeoutMs = 1500;

const isUp = async ({ check }: Dependency): Promise<boolean> => {
  const timeout = new Promise<never>((_, reject) => setTimeout(reject, checkTimeoutMs).unref());
  return Promise.race([check(), timeout]).then(
    () => true,
    () => false,
  );
};

const checkReadiness = async ({ dependencies, lifecycle }: HealthOptions) => {
  const up = await Promise.all(dependencies.map(isUp));
  const down = dependencies.filter((_, index) => !up[index]);
  const missing = [
    ...down.filter(({ required }) => required).map(({ name }) => name),
    ...(lifecycle.isDraining ? ['draining'] : []),
  ];
  const degraded = down.filter(({ required }) => !required).map(({ name }) => name);
  const isReady = missing.length === 0;
  return {
    isReady,
    body: {
      status: isReady ? 'ready' : 'unavailable',
      ...(!isReady && { missing }),
      ...(degraded.length > 0 && { degraded }),
    },
  };
};

/** Adds the health checks: liveness without any I/O, and readiness. */
export const health = fp<HealthOptions>(
  async (app, options) => {
    const config = { operational: true, probe: true } as const;
    const getLiveness: RouteHandlerMethod = async () => ({ status: 'live' });
    const getReadiness: RouteHandlerMethod = async (_request, reply) => {
      const { isReady, body } = await checkReadiness(options);
      return reply.code(isReady ? 200 : 503).send(body);
    };
    const handlers = {
      '/health': getLiveness,
      '/health/live': getLiveness,
      '/ready': getReadiness,
      '/health/ready': getReadiness,
    };
    for (const [url, handler] of Object.entries(handlers)) app.route({ method: readMethods, url, config, handler });
  },
  { name: 'health', dependencies: ['route-table', 'request-context'] },
);
