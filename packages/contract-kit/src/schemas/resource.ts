import { z } from 'zod';

/** The fields that every resource has besides its id, to spread into its DTO. */
export const resourceFields = {
  version: z.int().min(1).describe('Grows with each change.'),
  createdAt: z.iso.datetime().describe('The time of its creation.'),
  updatedAt: z.iso.datetime().describe('The time of its last change.'),
};

/** The fields of every resource, for the example of a DTO. */
export const resourceExample = {
  id: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d',
  version: 1,
  createdAt: '2026-01-31T09:30:00.000Z',
  updatedAt: '2026-01-31T09:30:00.000Z',
};
