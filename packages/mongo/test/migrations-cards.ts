import { defineCollection, defineMigration, Entity, type Migration } from '@plinth/data-kit';
import { z } from 'zod';

/** The first version of a small collection: cards with a title and a mood. */
export const CardBefore = Entity.extend({ title: z.string().max(100), mood: z.string() });
export type CardBefore = z.infer<typeof CardBefore>;

export const cardsBefore = defineCollection('cards', CardBefore, {
  tenancy: 'tenant',
  indexes: { byTitle: { fields: ['title', '_id'] }, byMood: { fields: ['mood', '_id'] } },
});

/** The second version: with a state, without a mood. */
export const Card = Entity.extend({ title: z.string().max(100), state: z.enum(['open', 'closed']) });
export type Card = z.infer<typeof Card>;

export const cards = defineCollection('cards', Card, {
  tenancy: 'tenant',
  indexes: { byTitle: { fields: ['title', '_id'] }, byState: { fields: ['state', 'createdAt', '_id'] } },
});

/** One document for each tenant: its number of open cards. */
export const tallies = defineCollection('tallies', Entity.extend({ scope: z.literal('tenant'), open: z.int() }), {
  tenancy: 'tenant',
  indexes: { byScope: { fields: ['scope'], unique: 'tally-taken' } },
});

export const addState = defineMigration({
  name: '0001-state',
  phase: 'expand',
  collection: 'cards',
  adds: ['state'],
  retires: ['mood'],
});

/** Clients see the change, so the version of a document shows how often it was changed. */
export const fillState = defineMigration({
  name: '0002-fill-state',
  phase: 'backfill',
  collection: 'cards',
  needs: { missing: ['state'] },
  change: ({ mood }) => ({ state: mood === 'done' ? 'closed' : 'open' }),
  visible: true,
  batchSize: 10,
  perSecond: 1_000_000,
});

export const tallyOpen = defineMigration({
  name: '0003-tally',
  phase: 'backfill',
  collection: 'cards',
  batchSize: 2,
  forTenant: async ({ count, put }) =>
    put('tallies', { scope: 'tenant' }, { open: await count('cards', { state: 'open' }) }),
});

export const requireState = defineMigration({
  name: '0004-require-state',
  phase: 'contract',
  collection: 'cards',
  repeats: [fillState, tallyOpen],
  requires: ['state'],
  removes: ['mood'],
  dropIndexes: ['byMood'],
});

export const migrations: readonly Migration[] = [addState, fillState, tallyOpen, requireState];

/** The module before and after the migrations. */
export const before = { name: 'deck', collections: { cards: cardsBefore } };
export const after = { name: 'deck', collections: { cards, tallies }, migrations };
