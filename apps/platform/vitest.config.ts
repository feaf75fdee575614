import { availableParallelism } from 'node:os';
import { projectConfig } from '@plinth/vitest-config';
import { mergeConfig } from 'vitest/config';

// These files wait for processes and databases half of their time, so two run at once on a machine of two processors too.
export default mergeConfig(projectConfig({ databases: true }), {
  test: { maxWorkers: Math.max(2, availableParallelism() - 1), testTimeout: 180_000, hookTimeout: 180_000 },
});
