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
  // Without node_modules here, a tree without a .gitignore would be linted with all its dependencies.
  ignorePatterns: ['**/node_modules', '**/dist', '**/coverage', '**/fixtures'],
  rules: {
    eqeqeq: 'error',
    'no-param-reassign': 'error',
    'max-params': ['error', { max: 3 }],
    'max-lines': ['error', { max: 300 }],
    'max-lines-per-function': ['error', { max: 50 }],
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
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
    'import/no-dynamic-require': ['error', { esmodule: true }],
    'plinth/no-export-star': 'error',
    'plinth/no-shared-cleanup': 'error',
    'no-restricted-imports': ['error', { paths: envImports }],
    'no-restricted-properties': ['error', processEnv],
  },
  overrides: [
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
      rules: { 'no-restricted-properties': 'off', 'no-restricted-imports': 'off', 'import/no-dynamic-require': 'off' },
    },
    {
      files: tests,
      rules: {
        'max-lines-per-function': 'off',
        'max-params': 'off',
        'import/no-dynamic-require': 'off',
        'plinth/no-hidden-now': 'off',
        'no-restricted-properties': 'off',
        'no-restricted-globals': 'off',
      },
    },
    {
      // These files are compiled and never run: their faults are intended.
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
