import { Redis, type RedisOptions } from 'ioredis';
import { type RedisSettings, toRedisOptions } from '../connection.ts';

/** Longer than the ten seconds for which a worker waits for a message at most. */
const silenceMaxMs = 15_000;

const ignore = (): void => undefined;

/**
 * The connection of a worker, which BullMQ duplicates: it waits for messages on a second one. Commands wait until Redis is
 * reachable, however long that takes.
 */
export class WorkerConnection extends Redis {
  readonly #duplicates: Redis[] = [];
  readonly #errors = new WeakSet<Error>();

  /** Remembers the errors of a connection, which BullMQ emits again as those of the worker. */
  rememberErrors(connection: Redis): void {
    connection.on('error', (error: Error) => this.#errors.add(error));
  }

  /** True for an error of the connections, and during an outage. The connection of the queues logs it. */
  isOutage(error: Error): boolean {
    return this.status !== 'ready' || this.#errors.has(error);
  }

  override duplicate(override?: Partial<RedisOptions>): Redis {
    const duplicate = new WorkerConnection({ ...this.options, ...override, replyMapping: 'legacy' });
    this.#duplicates.push(duplicate);
    this.rememberErrors(duplicate);
    return duplicate;
  }

  override disconnect(reconnect = false): void {
    if (this.status === 'end') return;
    // Between two attempts to connect, ioredis would neither emit `end` nor reject the commands that wait. BullMQ waits for both.
    if (!reconnect && this.status === 'reconnecting') this.connect().catch(ignore);
    super.disconnect(reconnect);
    if (reconnect) return;
    for (const duplicate of this.#duplicates) duplicate.disconnect();
  }
}

export const openWorkerConnection = (settings: RedisSettings): WorkerConnection => {
  const connection = new WorkerConnection(settings.REDIS_URL, {
    ...toRedisOptions(settings),
    maxRetriesPerRequest: null,
    // Without it, a connection whose host has vanished is noticed after a quarter of an hour.
    socketTimeout: silenceMaxMs,
  });
  connection.rememberErrors(connection);
  return connection;
};
