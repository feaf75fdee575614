import { tracingChannel } from 'node:diagnostics_channel';
import type { CommandObserver } from '@plinth/data-kit';

/** What ioredis tells of a command. Its arguments are among it, and are left alone. */
type RedisCommand = {
  readonly command?: string;
  readonly serverAddress: string;
  readonly serverPort: number | undefined;
};

const nothing = (): void => undefined;

/**
 * Tells of each Redis command, from what the driver itself tells.
 * @returns what ends it.
 */
export const followRedisCommands = (onCommand: CommandObserver): (() => void) => {
  const ends = new WeakMap<object, NonNullable<ReturnType<CommandObserver>>>();
  const start = (message: object): void => {
    const { command: operation = 'multi', serverAddress: host, serverPort: port } = message as RedisCommand;
    const end = onCommand({ system: 'redis', operation, host, port });
    if (end) ends.set(message, end);
  };
  const subscriber = {
    start,
    end: nothing,
    asyncStart: nothing,
    asyncEnd: (message: object) => ends.get(message)?.({ isError: 'error' in message }),
    error: nothing,
  };
  const channels = ['ioredis:command', 'ioredis:batch'].map((name) => tracingChannel<unknown, object>(name));
  for (const channel of channels) channel.subscribe(subscriber);
  return () => {
    for (const channel of channels) channel.unsubscribe(subscriber);
  };
};
