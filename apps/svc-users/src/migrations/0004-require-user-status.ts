import { defineMigration } from '@plinth/data-kit';
import { fillUserStatus } from './0002-fill-user-status.ts';
import { countOwners } from './0003-count-owners.ts';

/** Ends the time in which code of before may run: the lists have other indexes, and everybody has a status. */
export const requireUserStatus = defineMigration({
  name: '0004-require-user-status',
  phase: 'contract',
  collection: 'users',
  repeats: [fillUserStatus, countOwners],
  requires: ['status', 'deleted'],
  dropIndexes: ['byAge', 'byName', 'byRole'],
});
