import { findRedis } from './programs/index.ts';
import type { DatabaseKind } from './server.ts';

const timeoutMs = 3000;

const toUri = (port: number, password?: string): string =>
  `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}`;

/** Nothing is evicted, and acknowledged writes are in the append-only file, as in production. */
export const redis: DatabaseKind = {
  name: 'redis',
  find: findRedis,
  toUri,
  toPasswordFile: (password) => `requirepass ${password}\n`,
  toArgs: ({ dir, port, passwordFile }) => {
    // A configuration file is the first argument.
    const config = passwordFile === undefined ? [] : [passwordFile];
    const server = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--daemonize', 'no'];
    return [...config, ...server, '--maxmemory-policy', 'noeviction', '--appendonly', 'yes', '--save', ''];
  },
  ready: /Ready to accept connections/i,
  prepare: async () => {},
  readDir: async (port, password) => {
    const [, dir] = (await sendRedisCommand(toUri(port, password), 'CONFIG', 'GET', 'dir')) as string[];
    return dir ?? '';
  },
};

/** Sends one command on a connection of its own. Rejects when the server is unreachable or refuses it. */
export async function sendRedisCommand(url: string, command: string, ...args: string[]): Promise<unknown> {
  // Loaded here, because most starts need no client.
  const { Redis } = await import('ioredis');
  const options = { lazyConnect: true, connectTimeout: timeoutMs, commandTimeout: timeoutMs };
  const client = new Redis(url, { ...options, retryStrategy: () => null });
  // The rejection reports it too.
  client.on('error', () => {});
  try {
    await client.connect();
    return await client.call(command, ...args);
  } finally {
    client.disconnect();
  }
}
