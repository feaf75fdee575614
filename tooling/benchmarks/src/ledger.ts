import type { Collection } from 'mongodb';
import type { StoredUser } from './data.ts';
import type { Kind } from './kinds.ts';

/** How many users a tenant has, and how often they have been changed in all. */
type Tally = { readonly users: number; readonly changes: number };

const tallyOf = async (users: Collection<StoredUser>, tenantId: string): Promise<Tally> => {
  const changes = { $sum: { $subtract: ['$version', 1] } };
  const [tally] = await users
    .aggregate<Tally>([{ $match: { tenantId } }, { $group: { _id: null, users: { $sum: 1 }, changes } }])
    .toArray();
  return { users: tally?.users ?? 0, changes: tally?.changes ?? 0 };
};

/** Holds what was acknowledged against what is stored, so that an answer without its effect is never counted. */
export const openLedger = async (users: Collection<StoredUser>, tenantId: string) => {
  const before = await tallyOf(users, tenantId);
  let created = 0;
  let changed = 0;
  return {
    /** Enters so many acknowledged requests; reads leave no trace. */
    add: (kind: Kind, answers: number): void => {
      if (kind === 'post' || kind === 'post-keyed') created += answers;
      if (kind === 'patch') changed += answers;
    },
    /** @throws when more or less is stored than was acknowledged. */
    assertBalanced: async (): Promise<void> => {
      const after = await tallyOf(users, tenantId);
      const stored = { created: after.users - before.users, changed: after.changes - before.changes };
      if (stored.created === created && stored.changed === changed) return;
      const of = `${created} creations and ${changed} changes were acknowledged`;
      throw new Error(`${of}, ${stored.created} and ${stored.changed} are stored; nothing can be compared.`);
    },
  };
};
