import type { UnitOfWork } from '@plinth/kernel';
import { commit, type Documents } from './commit.ts';
import { assertInTime } from './deadline.ts';
import type { Write, WriteSets } from './write-set.ts';

type Parts = { readonly writeSets: WriteSets; readonly state: Map<string, Documents> };

/** Commits the writes of an action after it has returned, all or none. */
export const fakeUnitOfWork = ({ writeSets, state }: Parts): UnitOfWork => ({
  run: async (ctx, work) => {
    if (writeSets.has(ctx)) {
      throw new TypeError('A unit of work runs for this context already. Await it before you begin another.');
    }
    const writes: Write[] = [];
    writeSets.set(ctx, writes);
    let answer: Awaited<ReturnType<typeof work>>;
    try {
      answer = await work();
    } finally {
      // From here on a late write finds no write set and throws, instead of being lost.
      writeSets.delete(ctx);
    }
    if (writes.length > 0) {
      assertInTime(ctx);
      commit(state, writes);
    }
    return answer;
  },
});
