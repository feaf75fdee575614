import { projectConfig } from '@plinth/vitest-config';

export default projectConfig({ linesMin: 95 });
