import { defineConfig } from 'vitest/config';

// @plinth/vitest-config depends on this package, so it cannot be used here.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: 'test-results.json' }]],
    testTimeout: 60_000,
    // The tests wait for databases most of the time.
    maxWorkers: 2,
    expect: { poll: { timeout: 15_000 } },
  },
});
