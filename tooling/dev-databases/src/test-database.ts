import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runEngine } from './engine.ts';
import { DevDatabasesError } from './errors.ts';
import { mongod } from './mongod.ts';
import { redisServer } from './redis.ts';
import type { DevDatabasesOptions } from './start-databases.ts';

/** A mongod or a redis-server that a test has for itself, so that it may do to it what it likes. */
export type TestDatabase = {
  readonly uri: string;
  /** Makes it stand still: connections stay open, and nobody answers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Kills it: nobody listens any longer. */
  kill(): Promise<void>;
  /** Starts it again on its data, at its address. */
  restart(): Promise<void>;
  /** Ends it for good, with its data. */
  close(): Promise<void>;
};

const kinds = {
  mongod: { engineOf: mongod, pidFile: 'mongod.lock' },
  redis: { engineOf: redisServer, pidFile: 'redis.pid' },
} as const;

/**
 * Starts an engine, whatever MONGODB_URI and REDIS_URL say. It is started again when it is told to, and not by itself; it
 * goes with this process, whichever way that dies.
 */
export async function startTestDatabase(
  name: keyof typeof kinds,
  { env = process.env, ...options }: Pick<DevDatabasesOptions, 'env' | 'log'> = {},
): Promise<TestDatabase> {
  const { engineOf, pidFile } = kinds[name];
  const dir = await mkdtemp(join(tmpdir(), `plinth-own-${name}-`));
  const start = async () => {
    const running = await runEngine({ ...engineOf(env, options), restartsPerMinute: 0 }, { dir, dataDir: dir });
    const pid = Number(await readFile(join(dir, pidFile), 'utf8'));
    return { ...running, signal: (signal: NodeJS.Signals) => void process.kill(pid, signal) };
  };
  let running: Awaited<ReturnType<typeof start>> | undefined = await start();
  const { uri } = running;
  const signal = async (sent: NodeJS.Signals): Promise<void> => running?.signal(sent);
  const kill = async (): Promise<void> => {
    const ended = running?.stop();
    await signal('SIGKILL');
    running = undefined;
    await ended;
  };
  return {
    uri,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    kill,
    restart: async () => {
      running = await start();
      if (running.uri !== uri) throw new DevDatabasesError(`${name} came back at ${running.uri} and not at ${uri}.`);
    },
    close: async () => {
      await kill();
      await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}
