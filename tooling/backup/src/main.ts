// `npm run drill`: restores a backup to a point in time on two local replica sets, and prints RPO and RTO.
import { parseArgs } from 'node:util';
import { startTestDatabase } from '@plinth/dev-databases';
import { runDrill } from './drill.ts';

try {
  parseArgs();
} catch (error) {
  console.error(`${(error as Error).message}\nUsage: npm run drill`);
  process.exit(1);
}

const [source, target] = await Promise.all([startTestDatabase('mongod'), startTestDatabase('mongod')]);
try {
  const { acknowledged, restored, lost, extra, replayed, rpoMs, rtoMs } = await runDrill(source.uri, target.uri);
  console.log(`Acknowledged writes   ${acknowledged}`);
  console.log(`Restored writes       ${restored}, of which ${replayed} from the oplog`);
  console.log(`Lost, unexpected      ${lost}, ${extra}`);
  console.log(`RPO                   ${Math.round(rpoMs)} ms between the last archived write and the loss`);
  console.log(`RTO                   ${Math.round(rtoMs)} ms from the empty cluster to the restored one`);
  if (lost > 0 || extra > 0) process.exitCode = 1;
} finally {
  await Promise.all([source.close(), target.close()]);
}
