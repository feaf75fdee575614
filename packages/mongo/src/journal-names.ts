/** The collection of journal rows that each module's database has. No module may name one of its own so. */
export const journalName = 'journal';

/** The index that lets a key be used once. */
export const keyIndex = 'byKey';
