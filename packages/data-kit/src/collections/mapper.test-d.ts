/** Compile-time checks of a mapper: each line below `@ts-expect-error` must not compile. */
import { defineMapper } from './mapper.ts';

type Stored = { _id: string; version: number; at: Date; note?: string; secret: string };

export const fits = defineMapper<Stored, { id: string; at: string; note?: string }>({
  id: '_id',
  at: 'at',
  note: 'note',
});

// @ts-expect-error -- at is missing
export const forgets = defineMapper<Stored, { id: string; at: string }>({ id: '_id' });

export const leaks = defineMapper<Stored, { id: string }>({
  id: '_id',
  // @ts-expect-error -- the DTO has no field 'secret'
  secret: 'secret',
});

export const misnames = defineMapper<Stored, { id: string }>({
  // @ts-expect-error -- a document has no id
  id: 'id',
});

export const confuses = defineMapper<Stored, { version: number }>({
  // @ts-expect-error -- a time is mapped to text
  version: 'at',
});

export const requiresTooMuch = defineMapper<Stored, { note: string }>({
  // @ts-expect-error -- not every document has a note
  note: 'note',
});
