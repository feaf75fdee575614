import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

export { compileFixtures } from './compile-fixtures.ts';

export type ProjectOptions = {
  /** The minimum line coverage of `vitest run --coverage`, in percent. */
  linesMin?: number;
  /**
   * Starts mongod and redis-server unless MONGODB_URI and REDIS_URL are set. `own` always starts a separate mongod for each
   * of two workers: `failCommand` affects all tests of a mongod, and a worker runs its files one after the other.
   */
  databases?: boolean | 'own';
  /** The files that run at once, at least. For tests that wait most of their time, more than vitest's one on two cores. Default: 1. */
  workersMin?: number;
};

const toPath = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Tests with a mongod of their own wait most of the time, so each worker has many of them at the same time. */
const ownDatabases = {
  maxWorkers: 2,
  maxConcurrency: 12,
  globalSetup: toPath('./own-databases-setup.ts'),
  setupFiles: toPath('./own-mongod.ts'),
};

/** Creates the vitest configuration of a package: `export default projectConfig({ linesMin: 95 })`. */
export function projectConfig({ linesMin, databases = false, workersMin = 1 }: ProjectOptions = {}): ViteUserConfig {
  return defineConfig({
    test: {
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      // `npm test` sums up these files, including those of cached runs.
      reporters: ['default', ['json', { outputFile: 'test-results.json' }]],
      // Long enough for a busy machine: several packages run their tests at the same time.
      testTimeout: 60_000,
      hookTimeout: 90_000,
      expect: { poll: { timeout: 15_000 } },
      // In CI every package shares two cores, and a request may miss its deadline of eight seconds. A test that was tried again is
      // marked `(retry x1)`; on the machine of a developer none is.
      retry: process.env['CI'] ? 1 : 0,
      maxWorkers: Math.max(workersMin, availableParallelism() - 1),
      // Files share the modules of their worker: loading them again for each file took a third of the time of all tests.
      isolate: false,
      globalSetup: databases ? toPath('./databases-setup.ts') : [],
      ...(databases === 'own' && ownDatabases),
      coverage: {
        // The profiler of V8 makes the tests of packages/mongo half as slow again.
        provider: 'istanbul',
        include: ['src/**/*.ts'],
        exclude: ['**/*.test.ts', '**/*.test-d.ts'],
        reporter: ['text-summary', 'json-summary'],
        ...(linesMin !== undefined && { thresholds: { lines: linesMin } }),
      },
    },
  });
}
