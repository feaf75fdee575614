// `npm run load -- smoke|stress|soak`
import { findK6 } from './k6-command.ts';
import { help, readOptions, UsageError } from './options.ts';
import { startPlatform } from './platform.ts';
import { runLoad } from './run-load.ts';

/** Returns the exit code, which is 1 when a threshold was crossed. */
const run = async (): Promise<number> => {
  const size = readOptions(process.argv.slice(2));
  if (size === 'help') {
    console.log(help);
    return 0;
  }
  const { MONGODB_URI: mongodbUri, REDIS_URL: redisUrl } = process.env;
  if (!mongodbUri || !redisUrl) {
    throw new UsageError('MONGODB_URI and REDIS_URL are not set. Run `npm run load`, which starts both.');
  }
  const k6 = findK6();
  if (!k6) throw new UsageError('k6 is not on PATH, and no Docker daemon runs. Install k6: https://k6.io.');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  const platform = await startPlatform({ mongodbUri, redisUrl });
  try {
    const { hasCrossedThreshold, created } = await runLoad(platform, { k6, size, signal: stop.signal });
    console.log(`All ${created} users whose creation was acknowledged are stored.`);
    console.log(hasCrossedThreshold ? 'A threshold was crossed; its line above has a ✗.' : 'All thresholds passed.');
    return hasCrossedThreshold ? 1 : 0;
  } finally {
    await platform.stop();
  }
};

try {
  process.exitCode = await run();
} catch (error) {
  console.error(error instanceof UsageError ? error.message : error);
  process.exitCode = 1;
}
