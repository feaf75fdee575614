import { defineCollection, Entity } from '@plinth/data-kit';
import { z } from 'zod';

/** A small collection with a list, a unique value and fields of types that JSON schema lacks. */
export const Note = Entity.extend({
  title: z.string().max(100),
  slug: z.string().regex(/^[a-z-]+$/),
  kind: z.enum(['draft', 'final']),
  words: z.int().min(0),
  score: z.number().optional(),
  due: z.date().optional(),
  tags: z.array(z.string().max(10)).max(3),
});
export type Note = z.infer<typeof Note>;

export const notes = defineCollection('notes', Note, {
  tenancy: 'tenant',
  search: ['title'],
  indexes: {
    byAge: { fields: ['createdAt', '_id', 'words'] },
    byKind: { fields: ['kind', 'createdAt', '_id', 'words'] },
    byTag: { fields: ['tags', 'createdAt', '_id', 'words'] },
    byWords: { fields: ['words', '_id'] },
    bySlug: { fields: ['slug'], unique: 'slug-taken' },
  },
});

let created = 0;

export const createNote = (
  overrides: Partial<Pick<Note, 'title' | 'slug' | 'kind' | 'words' | 'score' | 'due' | 'tags'>> = {},
) => {
  created += 1;
  // A slug has no digits, so each digit of the number becomes a letter.
  const slug = `note-${[...String(created)].map((digit) => 'abcdefghij'[Number(digit)]).join('')}`;
  return { title: `Note ${created}`, slug, kind: 'draft' as const, words: 1, tags: [], ...overrides };
};
