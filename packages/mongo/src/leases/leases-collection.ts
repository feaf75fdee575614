import type { Collection, Db } from 'mongodb';
import { z } from 'zod';
import type { StoredCollection } from '../collections/stored-collection.ts';
import type { LeaseRecord } from './lease.ts';

/** The leases of workers in each module's database. A module may not use this name. */
export const leasesName = 'leases';

export const leasesCollection: StoredCollection = {
  name: leasesName,
  schema: z.object({
    /** The work that one process at a time does. */
    _id: z.string(),
    token: z.number(),
    holder: z.string().optional(),
    expiresAt: z.date(),
    beat: z.number(),
    /** For the reader of a journal: the place where it continues. */
    place: z.unknown().optional(),
  }),
  indexes: [],
};

export const getWorkerLeases = (db: Db): Collection<LeaseRecord> => db.collection<LeaseRecord>(leasesName);
