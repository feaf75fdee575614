// `npm run load -- smoke|stress|soak`
import { runCommand, UsageError } from './command-line.ts';
import { findK6 } from './k6-command.ts';
import { readOptions } from './options.ts';
import { startPlatform } from './platform.ts';
import { runLoad } from './run-load.ts';

await runCommand(async (databases) => {
  const size = readOptions(process.argv.slice(2));
  const k6 = findK6();
  if (!k6) throw new UsageError('k6 is not on PATH, and no Docker daemon runs. Install k6: https://k6.io.');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  const platform = await startPlatform(databases);
  try {
    const { hasCrossedThreshold, created } = await runLoad(platform, { k6, size, signal: stop.signal });
    console.log(`All ${created} users whose creation was acknowledged are stored.`);
    console.log(hasCrossedThreshold ? 'A threshold was crossed; its line above has a ✗.' : 'All thresholds passed.');
    if (hasCrossedThreshold) process.exitCode = 1;
  } finally {
    await platform.stop();
  }
});
