import { projectConfig } from '@plinth/vitest-config';

export default projectConfig({ databases: true });
