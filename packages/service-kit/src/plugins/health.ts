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

/** How long a result is reused: however many probes arrive, each dependency is checked once a second at most. */
const reuseMs = 1000;

const createDependencyCheck = (dependencies: readonly Dependency[]) => {
  const findDown = async (): Promise<Dependency[]> => {
    const up = await Promise.all(dependencies.map(isUp));
    return dependencies.filter((_, index) => !up[index]);
  };
  let down: Promise<Dependency[]> | undefined;
  return (): Promise<Dependency[]> => {
    if (down) return down;
    down = findDown();
    const forget = (): void => {
      down = undefined;
    };
    void down.then(() => setTimeout(forget, reuseMs).unref());
    return down;
  };
};

export type Readiness = { readonly isReady: boolean; readonly body: Readonly<Record<string, unknown>> };

/** Creates the check of whether a host can serve. */
export const createReadinessCheck = ({ dependencies, lifecycle }: HealthOptions): (() => Promise<Readiness>) => {
  const findDown = createDependencyCheck(dependencies);
  return async () => {
    const down = await findDown();
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
};

/** Adds the health checks: liveness without any I/O, and readiness. */
export const health = fp<{ readonly checkReadiness: () => Promise<Readiness> }>(
  async (app, { checkReadiness }) => {
    const config = { operational: true, probe: true } as const;
    const getLiveness: RouteHandlerMethod = async () => ({ status: 'live' });
    const getReadiness: RouteHandlerMethod = async (_request, reply) => {
      const { isReady, body } = await checkReadiness();
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
