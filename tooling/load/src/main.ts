// `npm run load -- smoke|stress|soak [--minutes 1] [--rate 100]`
import { DevDatabasesError } from '@plinth/dev-databases';
import { findK6 } from './find-k6.ts';
import { readOptions, UsageError } from './options.ts';
import { startPlatform } from './platform.ts';
import { writesPerSecond } from './profiles.ts';
import { runLoad } from './run-load.ts';

const log = (line: string): void => console.error(line);

const enginesOf = ({ MONGODB_URI, REDIS_URL }: NodeJS.ProcessEnv) => {
  if (MONGODB_URI && REDIS_URL) return { mongodbUri: MONGODB_URI, redisUrl: REDIS_URL };
  throw new UsageError('MONGODB_URI and REDIS_URL are not set. Run `npm run load`, which starts both.');
};

/** @returns the exit code: 1 when a bound was broken. */
const run = async (): Promise<number> => {
  const size = readOptions(process.argv.slice(2));
  const engines = enginesOf(process.env);
  const k6 = await findK6(process.env, log);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
  const platform = await startPlatform(engines);
  try {
    const { profile, perSecond, seconds } = size;
    log(
      `${profile}: ${perSecond} reads and ${writesPerSecond(perSecond)} writes a second at the most, for ${seconds} s…`,
    );
    const { report, broken } = await runLoad(platform, { k6, size, signal: stop.signal });
    console.log(`\n${report}`);
    return broken.length === 0 ? 0 : 1;
  } finally {
    await platform.stop();
  }
};

try {
  process.exitCode = await run();
} catch (error) {
  console.error(error instanceof UsageError || error instanceof DevDatabasesError ? error.message : error);
  process.exitCode = 1;
}
