import { z } from 'zod';

export const CountryCode = z
  .string()
  .regex(/^[A-Z]{2}$/, 'must be a code of two capital letters')
  .describe('The code of ISO 3166-1.');
