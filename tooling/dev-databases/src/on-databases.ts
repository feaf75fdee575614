import { join } from 'node:path';
import { runCommand } from './command.ts';
import { root } from './root.ts';
import { startDatabases } from './start-databases.ts';
import { keep } from './warden/keep.mjs';

/** Runs a program of the repository, with this process's arguments, on engines whose data goes away afterwards. */
export const runOnDatabases = (main: string): Promise<never> =>
  runCommand(async (command) => {
    if (process.argv.includes('--help')) {
      return command.waitFor(keep({ command: [process.execPath, join(root, main), '--help'] }));
    }
    const engines = await startDatabases({ log: console.error });
    try {
      const env = { ...process.env, MONGODB_URI: engines.mongodbUri, REDIS_URL: engines.redisUrl };
      const program = [process.execPath, join(root, main), ...process.argv.slice(2)] as const;
      return await command.waitFor(keep({ command: program, env }));
    } finally {
      await engines.stop();
    }
  });
