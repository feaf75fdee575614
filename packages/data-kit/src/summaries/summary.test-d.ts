/** Compile-time checks of summaries: each line below `@ts-expect-error` must not compile. */
import type { ApiError } from '@plinth/contract-kit';
import type { ThingDocument } from '../../test/things.ts';
import type { TenantCollection } from '../collections/collection.ts';

export const check = async ({ summarise }: TenantCollection<ThingDocument>, tooLarge: ApiError) => {
  const query = { where: { group: 'a' }, groupsMax: 9 } as const;
  const [byDay] = await summarise({ ...query, by: 'active', byDay: 'due', sum: ['rank'] }, tooLarge);
  const valid: { by: boolean; day: string; count: number; sum: { rank: number } } | undefined = byDay;
  const [byNote] = await summarise({ ...query, by: 'note' }, tooLarge);
  const optional: string | null | undefined = byNote?.by;
  // @ts-expect-error -- a document may lack the note
  const certain: string | undefined = byNote?.by;
  // @ts-expect-error -- the query adds nothing up
  const { sum } = byNote ?? {};
  // @ts-expect-error -- the days of a text
  await summarise({ ...query, byDay: 'name' }, tooLarge);
  // @ts-expect-error -- the sum of a text
  await summarise({ ...query, sum: ['name'] }, tooLarge);
  // @ts-expect-error -- a group for each array
  await summarise({ ...query, by: 'tags' }, tooLarge);
  return [valid, optional, certain, sum];
};
