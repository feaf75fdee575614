import type { DatabaseKind } from './launch.ts';
import { findRedis } from './programs/index.ts';
import { startServer } from './server-process.ts';

const TIMEOUT_MS = 3000;

/** Nothing is evicted, and acknowledged writes are in the append-only file, as in production. */
export const redis: DatabaseKind = {
  name: 'redis',
  find: findRedis,
  toUri: (port) => `redis://127.0.0.1:${port}`,
  readDir: async (port) => {
    const [, dir] = (await sendRedisCommand(`redis://127.0.0.1:${port}`, 'CONFIG', 'GET', 'dir')) as string[];
    return dir ?? '';
  },
  start: (options) => {
    const place = ['--port', String(options.port), '--bind', '127.0.0.1', '--dir', options.dir, '--daemonize', 'no'];
    const durability = ['--maxmemory-policy', 'noeviction', '--appendonly', 'yes', '--save', ''];
    const args = [...place, ...durability, ...options.args];
    return startServer(options, { args, ready: /Ready to accept connections/i });
  },
};

/** Sends one command on a connection of its own. Rejects when the server is unreachable or refuses it. */
export async function sendRedisCommand(url: string, command: string, ...args: string[]): Promise<unknown> {
  // Loaded here, because most starts need no client.
  const { Redis } = await import('ioredis');
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    retryStrategy: () => null,
  });
  let reason: unknown;
  client.on('error', (error) => (reason = error));
  try {
    await client.connect();
    return await client.call(command, ...args);
  } catch (error) {
    throw reason ?? error;
  } finally {
    client.disconnect();
  }
}
