import type { FastifyInstance } from 'fastify';
import { unchanging } from './caching.ts';

/** Something that a service needs. Without a required one it is not ready; without another it is degraded. */
export type Dependency = { readonly name: string; readonly required: boolean; readonly check: () => Promise<void> };

export type Operations = {
  readonly dependencies: readonly Dependency[];
  readonly isDraining: () => boolean;
  readonly openApi: object;
};

const checkTimeoutMs = 1500;

const isUp = async ({ check }: Dependency): Promise<boolean> => {
  const late = new Promise<never>((_, reject) => setTimeout(reject, checkTimeoutMs).unref());
  return Promise.race([check(), late]).then(
    () => true,
    () => false,
  );
};

const readiness = async ({ dependencies, isDraining }: Operations) => {
  const up = await Promise.all(dependencies.map(isUp));
  const down = dependencies.filter((_, at) => !up[at]);
  const missing = [
    ...down.filter(({ required }) => required).map(({ name }) => name),
    ...(isDraining() ? ['draining'] : []),
  ];
  const degraded = down.filter(({ required }) => !required).map(({ name }) => name);
  return {
    ready: missing.length === 0,
    body: {
      status: missing.length > 0 ? 'unavailable' : 'ready',
      ...(missing.length > 0 && { missing }),
      ...(degraded.length > 0 && { degraded }),
    },
  };
};

/** Health, readiness and the reference: the routes that need no contract and no credential. */
export const addOperations = (app: FastifyInstance, operations: Operations): void => {
  const open = { config: { operational: true } } as const;
  const probe = { config: { operational: true, probe: true } } as const;
  for (const path of ['/health', '/health/live'])
    app.get(path, probe, (_request, reply) => reply.send({ status: 'live' }));
  for (const path of ['/ready', '/health/ready']) {
    app.get(path, probe, async (_request, reply) => {
      const { ready, body } = await readiness(operations);
      return reply.code(ready ? 200 : 503).send(body);
    });
  }
  app.get('/openapi.json', open, unchanging('application/json', JSON.stringify(operations.openApi)));
};
