// One of several processes that share a bucket: it reports when it is ready, takes tokens as a message says, and reports the outcome.
import type { TokenBucket } from '@plinth/data-kit';
import { connectRedis } from '../../src/index.ts';
import { countAllowed, takeSteadily } from './fixture.ts';

export type Load = { readonly bucket: TokenBucket; readonly ms: number; readonly perSecond: number };
export type Report = { readonly allowed: number; readonly taken: number; readonly roundTrips: number };

const [REDIS_URL = '', REDIS_KEY_PREFIX] = process.argv.slice(2);
const ignore = () => undefined;
const { limiter, close } = connectRedis({ REDIS_URL, REDIS_KEY_PREFIX }, { info: ignore, warn: ignore });
const countRoundTrips = (): number => limiter.counts?.roundTrips ?? 0;

const runLoad = async ({ bucket, ms, perSecond }: Load): Promise<void> => {
  const before = countRoundTrips();
  const { decisions } = await takeSteadily(limiter, bucket, { ms, perSecond });
  const roundTrips = countRoundTrips() - before;
  await close();
  process.send?.({ allowed: countAllowed(decisions), taken: decisions.length, roundTrips } satisfies Report);
  process.disconnect();
};

process.on('message', (load: Load) => void runLoad(load));

// The limiter uses the shared buckets after its first round trip.
while (countRoundTrips() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
process.send?.('ready');
