import type { Datastore } from '@plinth/kernel';
import { MongoClient } from 'mongodb';
import type { MongoSettings } from '../connect.ts';
import { createDatastore } from '../datastore.ts';
import { clientSettings } from '../settings.ts';

/** A command is about to be sent, or its answer has just come and nobody has seen it yet. */
export type CommandStep = { readonly kind: 'started' | 'succeeded'; readonly command: string };

/** Like `connectMongo`, for a process that is told of each step of each command, before it goes on. */
export const connectWatched =
  (onStep: (step: CommandStep) => void) =>
  async (settings: MongoSettings): Promise<Datastore> => {
    const { MONGODB_URI: uri, MONGODB_POOL_SIZE: poolSize } = settings;
    const client = new MongoClient(uri, { ...clientSettings(poolSize), monitorCommands: true });
    client.on('commandStarted', ({ commandName }) => onStep({ kind: 'started', command: commandName }));
    client.on('commandSucceeded', ({ commandName }) => onStep({ kind: 'succeeded', command: commandName }));
    await client.connect();
    const databasePrefix = settings.MONGODB_DATABASE_PREFIX ?? '';
    return createDatastore({ client, cursorSecret: settings.CURSOR_SECRET, databasePrefix });
  };
