import type { CommandInfo, CommandObserver } from '@plinth/data-kit';
import type { CommandStartedEvent, MongoClient } from 'mongodb';

const toHostAndPort = (address: string): Pick<CommandInfo, 'host' | 'port'> => {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
};

/** Returns the collection of a command, from the field with the command's name. Other commands have a number there. */
const getCollection = ({ command, commandName }: CommandStartedEvent): string | undefined => {
  const named: unknown = commandName === 'getMore' ? command['collection'] : command[commandName];
  return typeof named === 'string' ? named : undefined;
};

/** Reports each command of a client to an observer. The client needs `monitorCommands`. */
export const observeCommands = (client: MongoClient, onCommand: CommandObserver): void => {
  const endCallbacks = new Map<number, NonNullable<ReturnType<CommandObserver>>>();
  const end = (requestId: number, isError: boolean): void => {
    endCallbacks.get(requestId)?.({ isError });
    endCallbacks.delete(requestId);
  };
  client
    .on('commandStarted', (event) => {
      const onEnd = onCommand({
        system: 'mongodb',
        operation: event.commandName,
        database: event.databaseName,
        collection: getCollection(event),
        ...toHostAndPort(event.address),
      });
      if (onEnd) endCallbacks.set(event.requestId, onEnd);
    })
    .on('commandSucceeded', ({ requestId }) => end(requestId, false))
    .on('commandFailed', ({ requestId }) => end(requestId, true));
};
