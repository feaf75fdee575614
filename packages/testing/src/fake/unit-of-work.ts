import type { UnitOfWork, WriteSets } from '@plinth/kernel';
import { commit, type Documents } from './commit.ts';
import { assertInTime } from './deadline.ts';
import type { Write } from './write-set.ts';

type Parts = { readonly writeSets: WriteSets<Write>; readonly state: Map<string, Documents> };

/** Commits the writes of an action after it has returned, all or none. */
export const fakeUnitOfWork = ({ writeSets, state }: Parts): UnitOfWork => ({
  run: async (ctx, work) => {
    const { answer, writes } = await writeSets.gather(ctx, work);
    if (writes.length > 0) {
      assertInTime(ctx);
      commit(state, writes);
    }
    return answer;
  },
});
