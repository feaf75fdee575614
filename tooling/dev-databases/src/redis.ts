import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askRedis } from './ask-redis.ts';
import type { Engine } from './engine.ts';
import { findRedis } from './find-redis.ts';
import { accepting } from './port.ts';

/** Redis as production runs it: nothing is evicted, and what was acknowledged is in the append-only file. */
export function redisServer(env: NodeJS.ProcessEnv, options: { log?: (line: string) => void }): Engine {
  const uri = (port: number): string => `redis://127.0.0.1:${port}`;
  return {
    name: 'redis',
    find: () => findRedis({ env, log: options.log }),
    args: ({ port, dir }) => [
      ...[
        '--port',
        String(port),
        '--bind',
        '127.0.0.1',
        '--dir',
        dir,
        '--daemonize',
        'no',
        '--pidfile',
        join(dir, 'redis.pid'),
      ],
      ...['--maxmemory-policy', 'noeviction', '--appendonly', 'yes', '--save', ''],
    ],
    prepare: async (port, signal) => {
      await accepting(port, signal);
      // It answers LOADING until it has read its file.
      while ((await askRedis(uri(port), 'PING')) !== '+PONG') await sleep(15, undefined, { signal });
    },
    uri,
    explain: ({ log }) => ({
      passing: /Address already in use/i.test(log),
      reason: log.trim().split('\n').at(-1) || 'it wrote no log.',
    }),
  };
}
