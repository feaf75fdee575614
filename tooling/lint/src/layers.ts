/** The package that starts the databases of development and tests. */
export const databases = 'tooling/dev-databases';

/**
 * The imports that each package, built or planned, may have (ARCHITECTURE.md, section 1); packages/ is left out of
 * names. A package may also import all that the named packages may import. Test code may import `testing` and `testTools` too.
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
  'mongo redis ai aws-sdk': 'data-kit backend-utils',
  mail: 'data-kit config',
  outbound: 'telemetry',
  'service-kit': 'config logger telemetry auth outbound',
  testing: `data-kit ${databases}`,
  'apps/svc-*': 'apps/svc-* actions service-actions service-kit mongo redis mail ai aws-sdk',
  'apps/platform apps/gateway': 'apps/svc-*',
  'apps/worker': 'apps/platform',
  'apps/console': 'service-actions dtos',
  [databases]: '',
  'tooling/vitest': databases,
  'tooling/browser': `${databases} tooling/vitest`,
  'tooling/*': 'tooling/* testing apps/svc-*',
};

/** The tools that test code of every package may import. */
export const testTools = `${databases} tooling/vitest tooling/browser`;

/** Packages whose folders are domains: `packages/<layer>/src/<domain>`. */
export const domainLayers = 'dtos models service-contracts contracts actions service-actions'.split(' ');

/** The npm packages that run in a browser too; `drivers` says where each may be imported. */
export const browserPackages = 'zod|xstate|msw|@tanstack/react-query';

/** The packages that also run in a browser. They import no other npm package than those. */
export const browserSafe = ['utils', 'contract-kit', 'data-kit', ...domainLayers];

/** The packages whose clocks, ids and I/O are injected. */
export const pureLayers = browserSafe.filter((layer) => layer !== 'utils' && layer !== 'service-actions');

/** The only folders that import each driver. Other code takes a port from deps. */
export const drivers: Readonly<Record<string, string>> = {
  'mongodb|mongodb-memory-server-core': `packages/mongo ${databases} tooling/benchmarks tooling/backup`,
  'ioredis|bullmq': `packages/redis ${databases}`,
  'fastify|fastify-[^/]+|@fastify/[^/]+': 'packages/service-kit apps tooling/benchmarks',
  '@opentelemetry/[^/]+|prom-client': 'packages/telemetry',
  cockatiel: 'packages/outbound',
  nodemailer: 'packages/mail',
  stripe: 'apps/svc-orders',
  '@node-rs/argon2|@zxcvbn-ts/language-common': 'apps/svc-identity',
  xstate: 'packages/data-kit packages/service-contracts packages/actions apps/platform apps/console',
  'msw|@tanstack/react-query': 'packages/service-actions apps/console',
};
