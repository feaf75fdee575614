import { defineConfig } from 'oxlint';
import { pureLayers } from './layout.ts';

type Driver = { modules: readonly string[]; homes: readonly string[]; message: string };

/** Who may speak to what lies outside. Everybody else takes a port. */
const drivers: readonly Driver[] = [
  {
    modules: ['mongodb', 'mongodb/*', 'mongodb-memory-server-core'],
    homes: ['packages/mongo', 'tooling/engines', 'tooling/benchmarks'],
    message: 'Only packages/mongo speaks to MongoDB: take a `Collection` from deps.',
  },
  {
    modules: ['ioredis', 'ioredis/*', 'bullmq', 'bullmq/*'],
    homes: ['packages/redis'],
    message: 'Only packages/redis speaks to Redis: take its port from deps.',
  },
  {
    modules: ['fastify', 'fastify/*', 'fastify-*', '@fastify/*'],
    homes: ['packages/service-kit', 'apps', 'tooling/benchmarks'],
    message: 'Only packages/service-kit and apps know Fastify: declare a route with `defineRoute`.',
  },
  {
    modules: ['@opentelemetry/*', 'prom-client'],
    homes: ['packages/telemetry'],
    message: 'Only packages/telemetry knows OpenTelemetry and prom-client: take `metrics` or `tracing` from deps.',
  },
];

const homes = [...new Set(drivers.flatMap((driver) => driver.homes))];
const tests = ['**/*.test.ts', '**/test/**/*.ts', 'packages/*/src/testing/**/*.ts', 'packages/testing/**/*.ts'];
const pure = pureLayers.map((layer) => `packages/${layer}/src/**`);

const takeClock = 'hides a clock: take `clock` from deps.';
const takeIds = 'hides randomness: take `ids` from deps.';
const takeConfig =
  'process.env is read by packages/config only: pick the key in config.ts and take `config` from deps.';
const takeLog = 'console bypasses redaction and trace ids: take `log` from deps.';

const processEnv = { object: 'process', property: 'env', message: takeConfig };

const ambientProperties = [
  processEnv,
  { object: 'Date', property: 'now', message: `Date.now() ${takeClock}` },
  { object: 'Math', property: 'random', message: `Math.random() ${takeIds}` },
  { object: 'crypto', property: 'randomUUID', message: `crypto.randomUUID() ${takeIds}` },
  { object: 'crypto', property: 'getRandomValues', message: `crypto.getRandomValues() ${takeIds}` },
];

const ambientGlobals = [
  { name: 'console', message: takeLog },
  { name: 'process', message: 'process ties this code to Node: take what you need from deps.' },
  { name: 'performance', message: `performance ${takeClock}` },
  { name: 'setTimeout', message: `setTimeout ${takeClock}` },
  { name: 'setInterval', message: `setInterval ${takeClock}` },
  { name: 'fetch', message: 'fetch hides the network: take a port from deps.' },
  { name: 'globalThis', message: 'globalThis hides what this code needs: take it from deps.' },
];

const envImports = ['process', 'node:process'].map((name) => ({
  name,
  importNames: ['env', 'default'],
  message: takeConfig,
}));

/** The imports that code at `home` must not have: each driver that has its home elsewhere, and the environment. */
function restrictedImports(home?: string): ['error', object] {
  const foreign = drivers.filter((driver) => home === undefined || !driver.homes.includes(home));
  const patterns = foreign.map(({ modules, message }) => ({ group: [...modules], message }));
  return ['error', { paths: home?.startsWith('tooling/') ? [] : envImports, patterns }];
}

export default defineConfig({
  plugins: ['eslint', 'typescript', 'import', 'unicorn', 'oxc'],
  jsPlugins: ['./tooling/lint/src/oxlint-plugin.ts'],
  categories: { correctness: 'error' },
  // An eslint-disable is inert, so that there is one form of suppression, which src/suppressions.ts checks.
  options: {
    typeAware: true,
    denyWarnings: true,
    reportUnusedDisableDirectives: 'error',
    respectEslintDisableDirectives: false,
  },
  // Without node_modules here, a tree that has no .gitignore would be linted with all its dependencies.
  ignorePatterns: ['**/node_modules', '**/dist', '**/coverage', '**/fixtures'],
  rules: {
    eqeqeq: 'error',
    'no-param-reassign': 'error',
    'max-lines': ['error', { max: 300 }],
    'max-lines-per-function': ['error', { max: 50 }],
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    // Iterating a string by code points is what spreading it is for.
    'typescript/no-misused-spread': ['error', { allow: ['string'] }],
    // There are no classes here: methods are closures, and destructuring a port is the house style.
    'typescript/unbound-method': 'off',
    // Spreading a literal groups what belongs together: the arguments of a command, the cases of a table.
    'unicorn/no-useless-spread': 'off',
    'no-await-in-loop': 'off',
    'typescript/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    'typescript/ban-ts-comment': [
      'error',
      { 'ts-expect-error': 'allow-with-description', 'ts-ignore': true, 'ts-nocheck': true },
    ],
    'import/no-cycle': 'error',
    'plinth/no-export-star': 'error',
    'plinth/max-params': 'error',
    'plinth/no-shared-cleanup': 'error',
    'no-restricted-imports': restrictedImports(),
    'no-restricted-properties': ['error', processEnv],
  },
  overrides: [
    ...homes.map((home) => ({
      files: [`${home}/**`],
      rules: { 'no-restricted-imports': restrictedImports(home) },
    })),
    {
      files: ['packages/**'],
      rules: { 'no-restricted-globals': ['error', { name: 'console', message: takeLog }] },
    },
    {
      files: pure,
      rules: {
        'plinth/no-hidden-now': 'error',
        'no-restricted-properties': ['error', ...ambientProperties],
        'no-restricted-globals': ['error', ...ambientGlobals],
      },
    },
    {
      files: ['packages/config/**', 'tooling/**', '**/vitest.config.ts'],
      rules: { 'no-restricted-properties': 'off' },
    },
    {
      files: tests,
      rules: {
        'max-lines-per-function': 'off',
        'plinth/no-hidden-now': 'off',
        'no-restricted-properties': 'off',
        'no-restricted-globals': 'off',
      },
    },
    {
      // These files are compiled and never run; what looks like a slip in them is the point.
      files: ['**/*.test-d.ts'],
      rules: {
        'no-unused-expressions': 'off',
        'no-unused-vars': 'off',
        'typescript/no-floating-promises': 'off',
        'typescript/no-misused-promises': 'off',
      },
    },
  ],
});
