import { defineConfig } from 'oxlint';
import { pureLayers } from './layers.ts';

const tests = ['**/*.test.ts', '**/test/**/*.ts', 'packages/*/src/testing/**/*.ts', 'packages/testing/**/*.ts'];
const pure = pureLayers.map((layer) => `packages/${layer}/src/**`);

const takeClock = 'hides a clock: take `clock` from deps.';
const takeIds = 'hides randomness: take `ids` from deps.';
const takeConfig = 'Only packages/config reads process.env: pick the key in config.ts and take `config` from deps.';
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
  ...['performance', 'setTimeout', 'setInterval'].map((name) => ({ name, message: `${name} ${takeClock}` })),
  ...['process', 'fetch', 'globalThis'].map((name) => ({
    name,
    message: `${name} hides a dependency: take it from deps.`,
  })),
];

const envImports = ['process', 'node:process'].map((name) => ({
  name,
  importNames: ['env', 'default'],
  message: takeConfig,
}));

export default defineConfig({
  plugins: ['eslint', 'typescript', 'import', 'unicorn', 'oxc'],
  jsPlugins: ['./tooling/lint/src/oxlint-plugin.ts'],
  categories: { correctness: 'error' },
  // An eslint-disable has no effect, so there is one form of suppression, which src/check-texts.ts checks.
  options: {
    typeAware: true,
    denyWarnings: true,
    reportUnusedDisableDirectives: 'error',
    respectEslintDisableDirectives: false,
  },
  // Without node_modules here, a tree without a .gitignore would be linted with all its dependencies. Files of types are
  // compiled and never run: their faults are intended.
  ignorePatterns: ['**/node_modules', '**/dist', '**/coverage', '**/fixtures', '**/*.test-d.ts'],
  rules: {
    eqeqeq: 'error',
    'no-param-reassign': 'error',
    'max-lines': ['error', { max: 300 }],
    'typescript/no-explicit-any': 'error',
    'typescript/no-misused-promises': 'error',
    // Spreading a string iterates over its code points.
    'typescript/no-misused-spread': ['error', { allow: ['string'] }],
    // There are no classes: methods are closures, and ports are destructured.
    'typescript/unbound-method': 'off',
    // Spreading a literal groups what belongs together: the arguments of a command, the cases of a table.
    'unicorn/no-useless-spread': 'off',
    'typescript/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    'typescript/ban-ts-comment': [
      'error',
      { 'ts-expect-error': 'allow-with-description', 'ts-ignore': true, 'ts-nocheck': true },
    ],
    'plinth/no-export-star': 'error',
    'plinth/no-shared-cleanup': 'error',
  },
  overrides: [
    {
      files: ['**'],
      excludeFiles: tests,
      rules: { 'max-params': ['error', { max: 3 }], 'max-lines-per-function': ['error', { max: 50 }] },
    },
    {
      files: ['{apps,packages}/**'],
      excludeFiles: ['packages/config/**', '**/vitest.config.ts', ...tests],
      rules: {
        'import/no-dynamic-require': ['error', { esmodule: true }],
        'no-restricted-imports': ['error', { paths: envImports }],
        'no-restricted-properties': ['error', processEnv],
      },
    },
    {
      files: ['packages/**'],
      excludeFiles: tests,
      rules: { 'no-restricted-globals': ['error', { name: 'console', message: takeLog }] },
    },
    {
      files: pure,
      excludeFiles: tests,
      rules: {
        'plinth/no-hidden-now': 'error',
        'no-restricted-properties': ['error', ...ambientProperties],
        'no-restricted-globals': ['error', ...ambientGlobals],
      },
    },
  ],
});
