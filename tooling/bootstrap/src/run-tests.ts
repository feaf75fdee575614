// `npm test [-- arguments for turbo]`: every check of every package, on temporary databases.
import { startDatabases } from '@plinth/dev-databases';
import { addResults, closingLine, removeResults, testedPackages } from './results.ts';
import { root, runCommand } from './run-command.ts';

const TASKS = ['lint', 'typecheck', 'test', 'build'];
// More tasks at once than cores make tests miss their deadlines: each already uses several workers.
const SETTINGS = ['--continue=dependencies-successful', '--output-logs=new-only', '--concurrency=100%'];

await runCommand(async (runner) => {
  const args = process.argv.slice(2);
  const folders = testedPackages(root);
  removeResults(root, folders);
  const databases = await startDatabases({ log: console.error });
  let exitCode: number;
  try {
    const uris = { MONGODB_URI: databases.mongodbUri, REDIS_URL: databases.redisUrl };
    const env = { ...process.env, ...uris, NO_COLOR: '1' };
    exitCode = await runner.start(['turbo', 'run', ...TASKS, ...SETTINGS, ...args], { env }).ended;
  } finally {
    await databases.stop();
  }
  const totals = addResults(root, folders);
  // With arguments only some of the packages run.
  const isIncomplete = args.length === 0 ? totals.missing.length > 0 : totals.missing.length === folders.length;
  if (isIncomplete && !runner.isStopped) console.log(`No test results from ${totals.missing.join(', ')}.`);
  if (exitCode !== 0 && totals.failed === 0) console.log('The checks did not pass: see the failed tasks above.');
  console.log(closingLine(totals));
  const found = totals.passed + totals.failed > 0;
  return exitCode || (totals.failed > 0 || isIncomplete || !found ? 1 : 0);
});
