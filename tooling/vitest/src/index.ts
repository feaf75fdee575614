import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

export { compileFixtures } from './compile-fixtures.ts';

export type ProjectOptions = {
  /** The minimum line coverage of `vitest run --coverage`, in percent. */
  linesMin?: number;
  /**
   * Starts mongod and redis-server unless MONGODB_URI and REDIS_URL are set. `own` always starts a separate mongod, and
   * runs the test files one after the other: `failCommand` affects all tests of a mongod.
   */
  databases?: boolean | 'own';
};

/** Creates the vitest configuration of a package: `export default projectConfig({ linesMin: 95 })`. */
export function projectConfig({ linesMin, databases = false }: ProjectOptions = {}): ViteUserConfig {
  if (databases === 'own') delete process.env['MONGODB_URI'];
  return defineConfig({
    test: {
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      // `npm test` sums up these files, including those of cached runs.
      reporters: ['default', ['json', { outputFile: 'test-results.json' }]],
      // Long enough for a busy machine: several packages run their tests at once.
      testTimeout: 60_000,
      hookTimeout: 90_000,
      expect: { poll: { timeout: 15_000 } },
      fileParallelism: databases !== 'own',
      // Files share the modules of their worker: loading them again for each file took a third of the time of all tests.
      isolate: false,
      globalSetup: databases ? fileURLToPath(new URL('./databases-setup.ts', import.meta.url)) : [],
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
