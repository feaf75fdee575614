import { projectConfig } from '@plinth/vitest-config';
import { mergeConfig } from 'vitest/config';

// One platform for all files, after the databases.
export default mergeConfig(projectConfig({ databases: true }), {
  test: {
    globalSetup: ['./test/support/platform-setup.ts'],
    testTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
