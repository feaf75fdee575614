import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { DatabaseKind, StartOptions } from './launch.ts';
import { findRedis } from './programs/index.ts';

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
  start: async (options) => {
    let child = await spawnServer(options);
    return {
      get pid() {
        return child.pid as number;
      },
      stop: async (kill = false) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const exited = once(child, 'exit');
        child.kill(kill ? 'SIGKILL' : 'SIGTERM');
        await exited;
      },
      restart: async () => {
        child = await spawnServer(options);
      },
    };
  },
};

/** Resolves when the server has loaded its data. */
function spawnServer({ program, dir, port, args, log, guard, onExit }: StartOptions): Promise<ChildProcess> {
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--daemonize', 'no'];
  const durability = ['--maxmemory-policy', 'noeviction', '--appendonly', 'yes', '--save', ''];
  const child = spawn(program, [...place, ...durability, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let lastLine = 'it wrote no log';
    const read = (text: string): void => {
      log.write(text);
      lastLine = text.trim().split('\n').at(-1) || lastLine;
      if (/Ready to accept connections/i.test(text)) resolve(child);
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.once('error', reject);
    child.once('spawn', () => guard.add(child.pid as number));
    child.once('exit', () => {
      guard.remove(child.pid as number);
      reject(new Error(lastLine));
      onExit?.();
    });
  });
}

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
