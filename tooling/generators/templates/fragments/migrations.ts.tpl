
/** The migrations of the demo-area database in the order of their numbers. A released migration never changes. */
export const migrations = [];
