import { defineMigration, toSortKey } from '@plinth/data-kit';

/** Adds the key by which names are sorted without case and accents. Earlier code sorts by the name itself. */
const addNameKey = defineMigration({
  name: '0005-name-order',
  phase: 'expand',
  collection: 'users',
  adds: ['nameKey'],
});

const fillNameKey = defineMigration({
  name: '0006-fill-name-key',
  phase: 'backfill',
  collection: 'users',
  needs: { outdated: ['nameKey'] },
  change: ({ name }) => ({ nameKey: toSortKey(String(name)) }),
});

/** Ends the support of earlier code, which renames users without changing the key and needs the old index. */
const requireNameKey = defineMigration({
  name: '0007-require-name-key',
  phase: 'contract',
  collection: 'users',
  repeats: [fillNameKey],
  requires: ['nameKey'],
  dropIndexes: ['alphabetical'],
});

export const nameOrder = [addNameKey, fillNameKey, requireNameKey];
