import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

export { type CompiledFixture, compileFixtures } from './compile-fixtures.ts';

export type ProjectOptions = {
  /** The minimum line coverage of `vitest run --coverage`, in percent. */
  linesMin?: number;
  /**
   * Starts mongod and redis-server unless MONGODB_URI and REDIS_URL are set. `own` always starts a separate mongod, for
   * tests that make its commands fail with `failCommand`.
   */
  databases?: boolean | 'own';
  /** Runs the test files one after the other, because `failCommand` affects all tests of a mongod. */
  filesInSequence?: boolean;
};

const setups = { own: './own-databases-setup.ts', shared: './databases-setup.ts' };

/** Creates the vitest configuration of a package: `export default projectConfig({ linesMin: 95 })`. */
export function projectConfig(options: ProjectOptions = {}): ViteUserConfig {
  const { linesMin, databases = false, filesInSequence = false } = options;
  return defineConfig({
    test: {
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      // `npm test` sums up these files, including those of cached runs.
      reporters: ['default', ['json', { outputFile: 'test-results.json' }]],
      // Long enough for a busy machine: several packages run their tests at once.
      testTimeout: 20_000,
      hookTimeout: 30_000,
      fileParallelism: !filesInSequence,
      // Files share the modules of their worker: loading them again for each file took a third of the time of all tests.
      isolate: false,
      ...(databases && {
        globalSetup: fileURLToPath(new URL(setups[databases === 'own' ? 'own' : 'shared'], import.meta.url)),
      }),
      coverage: {
        provider: 'v8',
        include: ['src/**/*.ts'],
        exclude: ['**/*.test.ts', '**/*.test-d.ts'],
        reporter: ['text-summary', 'json-summary'],
        ...(linesMin !== undefined && { thresholds: { lines: linesMin } }),
      },
    },
  });
}
