/** The collection of journal rows in each module's database. A module may not use this name. */
export const journalName = 'journal';

/** The collection of idempotency keys and their responses. A module may not use this name. */
export const keysName = 'idempotencyKeys';

/** The field of idempotency keys in journal rows, where the previous release has a unique index of them. */
export const keyField = 'key';
