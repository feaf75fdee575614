import { defineMigration } from '@plinth/data-kit';

/** Everybody who was there before is active and has not been removed. */
export const fillUserStatus = defineMigration({
  name: '0002-fill-user-status',
  phase: 'backfill',
  collection: 'users',
  needs: { missing: ['status', 'deleted'] },
  change: ({ status, deleted }) => ({ status: status ?? 'active', deleted: deleted ?? false }),
});
