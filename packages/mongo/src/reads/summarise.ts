import {
  type CollectionDefinition,
  type Ctx,
  type Entity,
  planSummary,
  type SummaryQuery,
  type SummaryRow,
  summarisedDocumentsMax,
} from '@plinth/data-kit';
import type { Document } from 'mongodb';
import { find, type ReadScope } from './find.ts';

type SummaryScope<D extends Entity> = ReadScope & {
  readonly definition: CollectionDefinition<D>;
  readonly ctx: Ctx;
};

/** Names the sums by their positions, because a field of a group may not have the name of a field of the query. */
const toGroup = <D extends Entity>({ by, byDay, sum = [] }: SummaryQuery<D>): Document => ({
  _id: {
    ...(by !== undefined && { by: `$${by}` }),
    ...(byDay !== undefined && { day: { $dateTrunc: { date: `$${byDay}`, unit: 'day' } } }),
  },
  count: { $sum: 1 },
  ...Object.fromEntries(sum.map((field, index) => [`sum${index}`, { $sum: `$${field}` }])),
});

/** Creates the summaries of one tenant. One more group and one more document show that there are too many. */
export const createSummarise =
  <D extends Entity>(scope: SummaryScope<D>) =>
  async (query: SummaryQuery<D>): Promise<SummaryRow[]> => {
    const { definition, ctx } = scope;
    const { where, sum = [], groupsMax } = query;
    const groups = await find(
      {
        aggregate: definition.name,
        pipeline: [
          { $match: { ...where, tenantId: ctx.tenantId } },
          { $limit: summarisedDocumentsMax + 1 },
          { $group: toGroup(query) },
          { $limit: groupsMax + 1 },
        ],
        hint: planSummary(definition, query),
        cursor: { batchSize: groupsMax + 1 },
      },
      { ...scope, endsWithCaller: true },
    );
    return groups.map(({ _id: { by, day }, count, ...sums }) => ({
      by,
      day,
      count,
      sums: sum.map((_, index) => sums[`sum${index}`]),
    }));
  };
