import { defineMigration } from '@plinth/data-kit';

/** People get a status and can be removed. Code of before neither writes nor reads these fields. */
export const userStatus = defineMigration({
  name: '0001-user-status',
  phase: 'expand',
  collection: 'users',
  adds: ['status', 'deleted'],
});
