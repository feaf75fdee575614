import type { Datastore } from '@plinth/data-kit';
import { connectMongo, type MongoSettings } from '../connect.ts';

/** A command is about to be sent, or its answer has just come and nobody has seen it yet. */
export type CommandStep = { readonly kind: 'started' | 'succeeded'; readonly command: string };

/** `connectMongo` for a process that is told of each step of each command, before it goes on. */
export const connectWatched =
  (onStep: (step: CommandStep) => void) =>
  (settings: MongoSettings): Promise<Datastore> =>
    connectMongo(settings, {
      onCommand: ({ operation: command }) => {
        onStep({ kind: 'started', command });
        return ({ isError }) => {
          if (!isError) onStep({ kind: 'succeeded', command });
        };
      },
    });
