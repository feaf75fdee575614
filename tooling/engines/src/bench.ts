// `npm run bench [-- arguments]`: the benchmarks, on engines whose data goes away afterwards.
import { join } from 'node:path';
import { runCommand } from './command.ts';
import { root } from './root.ts';
import { startEngines } from './start-engines.ts';
import { keep } from './warden/keep.mjs';

await runCommand(async (command) => {
  const engines = await startEngines({ log: console.error });
  try {
    const env = { ...process.env, MONGODB_URI: engines.mongodbUri, REDIS_URL: engines.redisUrl };
    const main = join(root, 'tooling/benchmarks/src/main.ts');
    return await command.waitFor(keep({ command: [process.execPath, main, ...process.argv.slice(2)], env }));
  } finally {
    await engines.stop();
  }
});
