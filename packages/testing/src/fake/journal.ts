import {
  type Clock,
  type Ctx,
  IdempotencyKeyConflict,
  type Journal,
  type JournalRow,
  keyLifetimeMs,
} from '@plinth/data-kit';
import { applyAll, assertFits, type Documents } from './commit.ts';
import { assertInTime } from './deadline.ts';
import { toStored } from './stored.ts';
import type { Write } from './write-set.ts';

type JournalDeps = { readonly clock: Clock; readonly state: Map<string, Documents> };

/** The part of a write that is stored. */
const toContent = (write: Write): unknown => ('document' in write ? write.document : 'change' in write && write.change);

/** Creates the journal of the fake, which commits each write set together with its row. */
export const fakeJournal = ({ clock, state }: JournalDeps) => {
  const rows: JournalRow[] = [];
  const isAlive = ({ at }: JournalRow): boolean => at.getTime() + keyLifetimeMs > clock.now().getTime();
  const findRow = ({ tenantId }: Pick<Ctx, 'tenantId'>, key: string | undefined): JournalRow | undefined =>
    rows.find((row) => key !== undefined && row.tenantId === tenantId && row.key === key && isAlive(row));
  const commit = (ctx: Ctx, writes: readonly Write[], row: JournalRow): void => {
    assertInTime(ctx);
    assertFits([writes.map(toContent), row]);
    const touched = applyAll(state, writes);
    if (findRow(ctx, row.key)) throw new IdempotencyKeyConflict();
    for (const [name, documents] of touched) state.set(name, documents);
    rows.push(toStored(row));
  };
  const journal: Journal = {
    find: async (ctx, key) => {
      const { fingerprint, answer: response } = findRow(ctx, key) ?? {};
      return fingerprint !== undefined && response ? structuredClone({ fingerprint, response }) : undefined;
    },
  };
  return { rows: () => structuredClone(rows), journal, commit };
};
