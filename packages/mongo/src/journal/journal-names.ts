/** The collection of journal rows in each module's database. A module may not use this name. */
export const journalName = 'journal';

/** The field of idempotency keys, unique for each tenant. */
export const keyField = 'key';
