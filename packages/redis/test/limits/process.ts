// One of several processes that share a bucket. It says when it is there, takes as many tokens as it is told to when it is
// told to, and reports what it got.
import type { Limit } from '@plinth/data-kit';
import { connectRedis } from '../../src/index.ts';
import { countAllowed, takeSteadily } from './stage.ts';

export type Order = { readonly limit: Limit; readonly ms: number; readonly perSecond: number };
export type Report = { readonly allowed: number; readonly asked: number; readonly exchanges: number };

const [REDIS_URL = '', REDIS_KEY_PREFIX] = process.argv.slice(2);
const silent = () => undefined;
const connection = connectRedis({ REDIS_URL, REDIS_KEY_PREFIX }, { info: silent, warn: silent });

const untilShared = async (): Promise<void> => {
  while (connection.limiter.counts.exchanges === 0) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const carryOut = async ({ limit, ms, perSecond }: Order): Promise<void> => {
  const before = connection.limiter.counts.exchanges;
  const { decisions } = await takeSteadily(connection.limiter, limit, { ms, perSecond });
  const exchanges = connection.limiter.counts.exchanges - before;
  await connection.close();
  process.send?.({ allowed: countAllowed(decisions), asked: decisions.length, exchanges } satisfies Report);
  process.disconnect();
};

process.on('message', (order: Order) => void carryOut(order));

await untilShared();
process.send?.('there');
