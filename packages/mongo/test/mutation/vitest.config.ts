import { projectConfig } from '@plinth/vitest-config';

const config = projectConfig({ databases: 'own' });

/** The tests of tenant scoping and of idempotency: the others would make each mutant slow. */
const include = [
  'collection',
  'commit',
  'group-commit',
  'point-reads',
  'query-guard',
  'stats',
  'tenant-scoping-faults',
].map((name) => `test/${name}.test.ts`);

export default { ...config, test: { ...config.test, include } };
