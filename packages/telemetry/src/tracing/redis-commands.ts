import { tracingChannel } from 'node:diagnostics_channel';
import type { OpenTelemetry } from './open-telemetry.ts';
import type { OwnSpan } from './own-spans.ts';

/** What ioredis tells of a command. Its arguments are among it, and are left alone. */
type RedisCommand = {
  readonly command?: string;
  readonly serverAddress: string;
  readonly serverPort: number | undefined;
};

const nothing = (): void => undefined;

/**
 * Makes a span of each Redis command that is sent for a request, from what the driver itself tells.
 * @returns what ends it.
 */
export const followRedisCommands = ({ api, begin }: OpenTelemetry): (() => void) => {
  const spans = new WeakMap<object, OwnSpan>();
  const start = (message: object): void => {
    const above = api.trace.getSpanContext(api.context.active());
    if (!above) return;
    const { command = 'multi', serverAddress, serverPort } = message as RedisCommand;
    const attributes = {
      'db.system.name': 'redis',
      'db.operation.name': command,
      'server.address': serverAddress,
      ...(serverPort !== undefined && { 'server.port': serverPort }),
    };
    spans.set(message, begin(command, { kind: api.SpanKind.CLIENT, attributes, traceId: above.traceId, above }));
  };
  const subscriber = {
    start,
    end: nothing,
    asyncStart: nothing,
    asyncEnd: (message: object) => spans.get(message)?.end({ isError: 'error' in message }),
    error: nothing,
  };
  const channels = ['ioredis:command', 'ioredis:batch'].map((name) => tracingChannel<unknown, object>(name));
  for (const channel of channels) channel.subscribe(subscriber);
  return () => {
    for (const channel of channels) channel.unsubscribe(subscriber);
  };
};
