import type { CommandInfo, CommandObserver } from '@plinth/data-kit';
import type { CommandStartedEvent, MongoClient } from 'mongodb';

const placeOf = (address: string): Pick<CommandInfo, 'host' | 'port'> => {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
};

/** What a command names first is its collection; where it has none, that is a number. */
const collectionIn = ({ command, commandName }: CommandStartedEvent): string | undefined => {
  const named: unknown = commandName === 'getMore' ? command['collection'] : command[commandName];
  return typeof named === 'string' ? named : undefined;
};

/** Tells of each command that a client sends. The client must have been made with `monitorCommands`. */
export const tellOfCommands = (client: MongoClient, onCommand: CommandObserver): void => {
  const ends = new Map<number, NonNullable<ReturnType<CommandObserver>>>();
  const end = (requestId: number, isError: boolean): void => {
    ends.get(requestId)?.({ isError });
    ends.delete(requestId);
  };
  client
    .on('commandStarted', (event) => {
      const ended = onCommand({
        system: 'mongodb',
        operation: event.commandName,
        database: event.databaseName,
        collection: collectionIn(event),
        ...placeOf(event.address),
      });
      if (ended) ends.set(event.requestId, ended);
    })
    .on('commandSucceeded', ({ requestId }) => end(requestId, false))
    .on('commandFailed', ({ requestId }) => end(requestId, true));
};
