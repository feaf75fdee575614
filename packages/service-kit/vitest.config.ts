import { projectConfig } from '@plinth/vitest-config';

export default projectConfig({ linesMin: 95, databases: true, workersMin: 2 });
