/** Starts the databases of development and tests. */
export const databases = 'tooling/dev-databases';

/**
 * The imports that each package may have (ARCHITECTURE.md, section 1); packages/ is left out of names. A package may also import
 * all that the named packages may import. Test code may import `testing` and `testTools` too.
 */
export const mayImport: Readonly<Record<string, string>> = {
  utils: '',
  'backend-utils': 'utils',
  'contract-kit': 'utils',
  'data-kit': 'contract-kit',
  dtos: 'contract-kit',
  models: 'data-kit dtos',
  'service-contracts': 'dtos',
  'service-actions': 'service-contracts',
  contracts: 'models service-contracts',
  actions: 'contracts',
  config: '',
  'logger telemetry auth': 'data-kit backend-utils',
  'mongo redis mail ai aws-sdk': 'data-kit backend-utils',
  'service-kit': 'config logger telemetry auth',
  testing: `data-kit ${databases}`,
  'apps/svc-*': 'actions service-actions service-kit mongo redis mail ai aws-sdk',
  'apps/platform apps/worker apps/gateway': 'apps/svc-*',
  'apps/console': 'service-actions',
  [databases]: '',
  'tooling/vitest': databases,
  'tooling/*': 'tooling/* testing actions service-actions service-kit mongo redis mail ai aws-sdk',
};

/** The tools that test code of every package may import. */
export const testTools = `${databases} tooling/vitest`;

/** Packages whose folders are domains: `packages/<layer>/src/<domain>`. */
export const domainLayers = 'dtos models service-contracts contracts actions service-actions'.split(' ');

/** Run in a browser too, on zod alone. */
export const browserSafe = ['utils', 'contract-kit', 'data-kit', ...domainLayers];

/** Clocks, ids and I/O are injected. */
export const pureLayers = browserSafe.filter((layer) => layer !== 'utils' && layer !== 'service-actions');

/** The only folders that import each driver. Other code takes a port from deps. */
export const drivers: Readonly<Record<string, string>> = {
  'mongodb|mongodb-memory-server-core': `packages/mongo ${databases} tooling/benchmarks tooling/backup`,
  'ioredis|bullmq': `packages/redis ${databases}`,
  'fastify|fastify-[^/]+|@fastify/[^/]+': 'packages/service-kit apps tooling/benchmarks',
  '@opentelemetry/[^/]+|prom-client': 'packages/telemetry',
};
