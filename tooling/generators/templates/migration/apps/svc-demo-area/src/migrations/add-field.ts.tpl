import { defineMigration } from '@plinth/data-kit';

export const addField = [
  // Records that newer code has migrated the database.
  defineMigration({ name: '0000-add-field', phase: 'expand', collection: 'demoItems' }),
];
