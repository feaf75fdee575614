import { projectConfig } from '@plinth/vitest-config';
import { mergeConfig } from 'vitest/config';

// These files wait for processes and databases half of their time.
export default mergeConfig(projectConfig({ databases: true, workersMin: 2 }), {
  test: { testTimeout: 180_000, hookTimeout: 180_000 },
});
