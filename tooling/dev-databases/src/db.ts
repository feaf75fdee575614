// `npm run db -- <command>`: the migrations of every module, on MONGODB_URI or on the engines of `npm start`.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import { dataDir, root } from './root.ts';
import { startDatabases } from './start-databases.ts';
import { keep } from './warden/keep.mjs';

await runCommand(async (command) => {
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));
  const main = join(root, 'apps/platform/src/db.ts');
  const run = (env: NodeJS.ProcessEnv): Promise<number> =>
    command.waitFor(keep({ command: [process.execPath, main, ...process.argv.slice(2)], env }));
  // A database that is given needs no engine, and may be one far from here.
  if (process.env['MONGODB_URI']) return run(process.env);
  const engines = await startDatabases({ dataDir, log: console.error });
  try {
    return await run({ ...process.env, MONGODB_URI: engines.mongodbUri });
  } finally {
    await engines.stop();
  }
});
