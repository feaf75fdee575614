/** Compile-time checks of a mapper: each line below `@ts-expect-error` must not compile. */
import { defineMapper } from './mapper.ts';

type Stored = { _id: string; version: number; createdAt: Date; note?: string; secret: string };

export const valid = defineMapper<Stored, { id: string; createdAt: string; note?: string }>({
  id: '_id',
  createdAt: 'createdAt',
  note: 'note',
});

// @ts-expect-error -- createdAt is missing
export const missingField = defineMapper<Stored, { id: string; createdAt: string }>({ id: '_id' });

export const unknownField = defineMapper<Stored, { id: string }>({
  id: '_id',
  // @ts-expect-error -- the DTO has no field 'secret'
  secret: 'secret',
});

export const unknownSource = defineMapper<Stored, { id: string }>({
  // @ts-expect-error -- a document has '_id', not 'id'
  id: 'id',
});

export const wrongType = defineMapper<Stored, { version: number }>({
  // @ts-expect-error -- a Date maps to a string, not to a number
  version: 'createdAt',
});

export const optionalSource = defineMapper<Stored, { note: string }>({
  // @ts-expect-error -- not every document has a note
  note: 'note',
});
