import type { SummaryQuery, SummaryRow } from '@plinth/data-kit';
import type { Stored } from './write-set.ts';

const dayMs = 24 * 60 * 60 * 1000;

const toDay = (time: unknown): Date | undefined =>
  time instanceof Date ? new Date(Math.floor(time.getTime() / dayMs) * dayMs) : undefined;

/** Groups, counts and adds up documents. */
export const summarise = (documents: readonly Stored[], query: SummaryQuery<Stored>): SummaryRow[] => {
  const { by, byDay, sum = [] } = query;
  const toGroup = (document: Stored) => ({ by: by && document[by], day: byDay && toDay(document[byDay]) });
  const groups = Map.groupBy(documents, (document) => JSON.stringify(toGroup(document)));
  return [...groups.values()].map((members) => ({
    ...toGroup(members[0] as Stored),
    count: members.length,
    sums: sum.map((field) => members.reduce((total, member) => total + ((member[field] as number) ?? 0), 0)),
  }));
};
