import { defineMigration } from '@plinth/data-kit';

/** Adds the status and the marker of deleted users. Earlier code neither writes nor reads these fields. */
const addStatus = defineMigration({
  name: '0001-user-status',
  phase: 'expand',
  collection: 'users',
  adds: ['status', 'deleted'],
});

const fillStatus = defineMigration({
  name: '0002-fill-user-status',
  phase: 'backfill',
  collection: 'users',
  needs: { missing: ['status', 'deleted'] },
  change: ({ status, deleted }) => ({ status: status ?? 'active', deleted: deleted ?? false }),
});

/** Counts the active owners of each organization, which earlier code changed without counting. */
const backfillOwnerCounts = defineMigration({
  name: '0003-count-owners',
  phase: 'backfill',
  collection: 'users',
  forTenant: async ({ count, put }) => {
    const owners = await count('users', { deleted: false, role: 'owner', status: 'active' });
    await put('ownerCounts', { scope: 'tenant' }, { owners });
  },
});

/** Ends the support of earlier code: every user has a status, and the lists have other indexes. */
const requireStatus = defineMigration({
  name: '0004-require-user-status',
  phase: 'contract',
  collection: 'users',
  repeats: [fillStatus, backfillOwnerCounts],
  requires: ['status', 'deleted'],
  dropIndexes: ['byAge', 'byName', 'byRole'],
});

export const userStatus = [addStatus, fillStatus, backfillOwnerCounts, requireStatus];
