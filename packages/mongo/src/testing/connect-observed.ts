import type { Datastore } from '@plinth/data-kit';
import { connectMongo, type MongoSettings } from '../connect.ts';

/** A command that is about to be sent, or whose response has just arrived. */
export type CommandStep = { readonly kind: 'started' | 'succeeded'; readonly command: string };

/** Connects like `connectMongo` and reports each step of each command before it continues. */
export const connectObserved =
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
