/** The collection of journal rows in each module's database. A module may not use this name. */
export const journalName = 'journal';

/** The unique index of idempotency keys. */
export const keyIndex = 'byKey';
