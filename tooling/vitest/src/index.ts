import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

export { type CompiledFixture, compileFixtures } from './compile-fixtures.ts';

export type ProjectOptions = {
  /** The percentage of lines that `vitest run --coverage` must find covered. */
  linesMin?: number;
  /**
   * Starts mongod and redis-server where MONGODB_URI or REDIS_URL do not name running ones; `own` starts a mongod in any
   * case, for tests that tell it to fail.
   */
  databases?: boolean | 'own';
  /** Runs the test files one after the other: for those that tell their mongod to fail. */
  oneFileAtATime?: boolean;
};

const setups = { own: './own-databases-setup.ts', shared: './databases-setup.ts' };

/** The vitest configuration of a package; `export default projectConfig({ linesMin: 95 })`. */
export function projectConfig(options: ProjectOptions = {}): ViteUserConfig {
  const { linesMin, databases = false, oneFileAtATime = false } = options;
  return defineConfig({
    test: {
      include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
      // `npm test` adds these files up, also those of cached runs.
      reporters: ['default', ['json', { outputFile: 'test-results.json' }]],
      // Room for a busy machine: several packages test at once.
      testTimeout: 20_000,
      hookTimeout: 30_000,
      fileParallelism: !oneFileAtATime,
      // Files share the modules of their worker: to load them again for each file took as long as a third of all tests.
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
