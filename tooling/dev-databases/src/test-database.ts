import { type Launched, type LaunchOptions, launch } from './launch.ts';
import { mongod } from './mongod.ts';
import { redis } from './redis.ts';

/** A mongod or redis-server of one test. It restarts on its data and at its port. */
export type TestDatabase = Pick<Launched, 'uri' | 'restart' | 'close'> & {
  /** Stops responding; connections stay open. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Closes its port and all connections. */
  kill(): Promise<void>;
};

/** Starts a database with temporary data. MONGODB_URI and REDIS_URL are ignored. */
export async function startTestDatabase(
  name: 'mongod' | 'redis',
  { env = process.env, ...options }: Partial<Pick<LaunchOptions, 'env' | 'log' | 'args'>> = {},
): Promise<TestDatabase> {
  const database = await launch({ mongod, redis }[name], { env, ...options });
  return Object.assign(database, {
    pause: async () => void process.kill(database.pid, 'SIGSTOP'),
    resume: async () => void process.kill(database.pid, 'SIGCONT'),
    kill: () => database.stop(true),
  });
}
