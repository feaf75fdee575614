import { z } from 'zod';
import { IsoDate } from '../src/schemas/iso-date.ts';
import { defineListQuery } from '../src/schemas/list-query.ts';

export const Thing = z.object({ id: z.string(), name: z.string(), group: z.string(), createdAt: z.iso.datetime() });
export const ListThings = defineListQuery({
  item: Thing,
  filters: { group: z.enum(['light', 'wood']), tag: z.string() },
  ranges: { createdAt: IsoDate, name: z.string() },
  combinations: [
    { sort: ['-createdAt', 'name'] },
    { where: ['group'], sort: ['-createdAt', 'createdAt'] },
    { where: ['group', 'tag'], sort: ['name'] },
  ],
});

/** Query parameters as the server receives them. */
export type Flat = Record<string, unknown>;
/** The first issue of a query. */
export const getIssue = (query: Flat) => {
  const { error } = ListThings.safeParse(query);
  return error?.issues[0];
};
export const time = '2026-01-31T09:30:00.000Z';
