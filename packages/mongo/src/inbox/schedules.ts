import type { Schedules } from '@plinth/data-kit';
import type { Db } from 'mongodb';
import { z } from 'zod';
import type { StoredCollection } from '../collections/stored-collection.ts';
import { listTenants } from '../reads/scan.ts';

/** The schedules in each module's database. A module may not use this name. */
export const schedulesName = 'schedules';

const StoredSchedule = z.object({
  /** The name of the job. */
  _id: z.string(),
  timetable: z.string(),
  /** The time of the last run whose messages are all stored. */
  plannedAt: z.date(),
  /** The time of the server, at the last look. */
  readAt: z.date(),
});
type StoredSchedule = z.infer<typeof StoredSchedule>;

export const schedulesCollection: StoredCollection = { name: schedulesName, schema: StoredSchedule, indexes: [] };

/** Creates the schedules of a module's database. Times are those of the server, whatever the clocks of workers are. */
export const createSchedules = (db: Db): Schedules => {
  const schedules = db.collection<StoredSchedule>(schedulesName);
  return {
    begin: async (job, timetable) => {
      const isKept = { $eq: ['$timetable', { $literal: timetable }] };
      const fields = {
        plannedAt: { $cond: [isKept, '$plannedAt', '$$NOW'] },
        timetable: { $literal: timetable },
        readAt: '$$NOW',
      };
      const stored = await schedules.findOneAndUpdate({ _id: job }, [{ $set: fields }], {
        upsert: true,
        returnDocument: 'after',
      });
      if (!stored) throw new TypeError(`The schedule of '${job}' was removed.`);
      return { plannedAt: stored.plannedAt, now: stored.readAt };
    },
    setPlanned: async (job, plannedAt) => {
      await schedules.updateOne({ _id: job, plannedAt: { $lt: plannedAt } }, { $set: { plannedAt } });
    },
    listTenants: (collection) => listTenants(db, [collection]),
  };
};
