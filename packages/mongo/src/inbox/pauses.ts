import type { Clock, Pauses } from '@plinth/data-kit';
import type { Db } from 'mongodb';
import { z } from 'zod';
import type { StoredCollection } from '../collections/stored-collection.ts';

/** The paused consumers in each module's database. A module may not use this name. */
export const pausesName = 'pauses';

const StoredPause = z.object({
  /** The name of the consumer. */
  _id: z.string(),
  pausedAt: z.date(),
});
type StoredPause = z.infer<typeof StoredPause>;

export const pausesCollection: StoredCollection = { name: pausesName, schema: StoredPause, indexes: [] };

/** Creates the pauses of a module's database. They are not in Redis, which may lose them. */
export const createPauses = ({ db, clock }: { readonly db: Db; readonly clock: Clock }): Pauses => {
  const pauses = db.collection<StoredPause>(pausesName);
  return {
    list: async () => {
      const stored = await pauses.find().sort({ _id: 1 }).toArray();
      return stored.map(({ _id: consumer, pausedAt }) => ({ consumer, pausedAt }));
    },
    pause: async (consumer) => {
      const pause = { $setOnInsert: { pausedAt: clock.now() } };
      return (await pauses.updateOne({ _id: consumer }, pause, { upsert: true })).upsertedCount === 1;
    },
    resume: async (consumer) => (await pauses.deleteOne({ _id: consumer })).deletedCount === 1,
  };
};
