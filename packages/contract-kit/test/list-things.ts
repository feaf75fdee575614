import { z } from 'zod';
import { defineListQuery, IsoDate } from '../src/schemas/list-query.ts';

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

/** Query parameters as they come. */
export type Flat = Record<string, unknown>;
/** The first thing that is wrong with a query. */
export const issueOf = (query: Flat) => {
  const { error } = ListThings.safeParse(query);
  return error?.issues[0];
};
export const time = '2026-01-31T09:30:00.000Z';
