import { tracingChannel } from 'node:diagnostics_channel';
import type { CommandObserver } from '@plinth/data-kit';

/** The message that ioredis publishes for a command. It contains the arguments too, which are not read. */
type RedisMessage = {
  readonly command?: string;
  readonly serverAddress: string;
  readonly serverPort: number | undefined;
};

const ignore = (): void => undefined;

/**
 * Observes each Redis command, from the diagnostics channels of ioredis.
 * @returns a function that stops it.
 */
export const observeRedisCommands = (onCommand: CommandObserver): (() => void) => {
  const endCallbacks = new WeakMap<object, NonNullable<ReturnType<CommandObserver>>>();
  const start = (message: object): void => {
    const { command: operation = 'multi', serverAddress: host, serverPort: port } = message as RedisMessage;
    const onEnd = onCommand({ system: 'redis', operation, host, port });
    if (onEnd) endCallbacks.set(message, onEnd);
  };
  const subscriber = {
    start,
    end: ignore,
    asyncStart: ignore,
    asyncEnd: (message: object) => endCallbacks.get(message)?.({ isError: 'error' in message }),
    error: ignore,
  };
  const channels = ['ioredis:command', 'ioredis:batch'].map((name) => tracingChannel<unknown, object>(name));
  for (const channel of channels) channel.subscribe(subscriber);
  return () => {
    for (const channel of channels) channel.unsubscribe(subscriber);
  };
};
