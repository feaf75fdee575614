import { z } from 'zod';

/** A string that can be stored and read back unchanged: a lone surrogate would come back as U+FFFD. */
export const WellFormed = z.string().refine((text) => text.isWellFormed(), 'must be well-formed Unicode');

/** The body of a 204. */
export const NoContent = z.void();
