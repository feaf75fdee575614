import { runTemporary } from './engine.ts';
import { redisServer } from './redis.ts';

export type TemporaryRedis = { readonly url: string; stop(): Promise<void> };

export type TemporaryRedisOptions = {
  env?: NodeJS.ProcessEnv;
  /** Receives a line before a step that takes its time, such as a download. */
  log?: (line: string) => void;
};

/** Tests that end it on purpose do so often. */
const RESTARTS_PER_MINUTE = 60;

/**
 * Starts a redis-server of its own, whatever REDIS_URL says, for tests that stop it or end it: one that dies is started
 * again after a second, on its port and its data. Both go with this process, whichever way it dies.
 */
export async function startRedis({
  env = process.env,
  ...options
}: TemporaryRedisOptions = {}): Promise<TemporaryRedis> {
  const engine = { ...redisServer(env, options), restartsPerMinute: RESTARTS_PER_MINUTE };
  const { uri, stop } = await runTemporary(engine);
  return { url: uri, stop };
}
