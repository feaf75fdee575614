import { z } from 'zod';

/** A string that can be stored and read back unchanged: a lone surrogate would come back as U+FFFD. */
export const WellFormed = z.string().refine((text) => text.isWellFormed(), 'must be well-formed Unicode');

/** An id: a UUIDv7 in lower case, as text. */
export const Id = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, 'must be a UUIDv7 in lower case')
  .meta({ format: 'uuid' });

/** The body of a 204. */
export const NoContent = z.void();
