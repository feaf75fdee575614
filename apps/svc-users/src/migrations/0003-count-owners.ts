import { defineMigration } from '@plinth/data-kit';

/** Counts the active owners of each organization; code of before added and removed owners without counting them. */
export const countOwners = defineMigration({
  name: '0003-count-owners',
  phase: 'backfill',
  collection: 'users',
  forTenant: async ({ count, put }) => {
    const owners = await count('users', { deleted: false, role: 'owner', status: 'active' });
    await put('ownerCounts', { scope: 'tenant' }, { owners });
  },
});
