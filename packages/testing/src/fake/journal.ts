import {
  type Clock,
  type CommitRecords,
  type Ctx,
  getLifetimeMs,
  IdempotencyKeyConflict,
  type Journal,
  type JournalRow,
  type KeyRecord,
} from '@plinth/data-kit';
import { applyAll, assertFits, type Documents } from './commit.ts';
import { assertInTime } from './deadline.ts';
import type { fakeInbox } from './inbox.ts';
import { toStored } from './stored.ts';
import type { EndOfDead, Write } from './write-set.ts';

type JournalDeps = {
  readonly clock: Clock;
  readonly state: Map<string, Documents>;
} & Pick<ReturnType<typeof fakeInbox>, 'store' | 'endMessage' | 'endDead'>;
type StoredKey = KeyRecord & { readonly expiresAt: number };

/** The part of a write that is stored. */
const toContent = (write: Write): unknown => {
  if ('message' in write) return write.message;
  return 'document' in write ? write.document : 'change' in write && write.change;
};

/** Creates the journal of the fake, which commits each write set together with its row and key. */
export const fakeJournal = ({ clock, state, store, endMessage, endDead }: JournalDeps) => {
  const rows: JournalRow[] = [];
  const keys = new Map<string, StoredKey>();
  const toId = ({ tenantId }: Pick<Ctx, 'tenantId'>, key: string): string => `${tenantId} ${key}`;
  const findKey = (ctx: Ctx, key: string): StoredKey | undefined => {
    const stored = keys.get(toId(ctx, key));
    return stored && stored.expiresAt > clock.now().getTime() ? stored : undefined;
  };
  const commit = (ctx: Ctx, writes: readonly Write[], { rows: newRows, keyRecord }: CommitRecords): void => {
    assertInTime(ctx);
    assertFits([writes.map(toContent), newRows, keyRecord]);
    const touched = applyAll(state, writes);
    if (keyRecord && findKey(ctx, keyRecord.key)) throw new IdempotencyKeyConflict();
    endDead(writes.filter((write): write is EndOfDead => write.kind === 'retry' || write.kind === 'drop'));
    for (const row of newRows) endMessage(row);
    for (const [name, documents] of touched) state.set(name, documents);
    for (const write of writes) if (write.kind === 'enqueue') store(write.message);
    rows.push(...newRows.map(toStored));
    if (!keyRecord) return;
    const expiresAt = clock.now().getTime() + getLifetimeMs(keyRecord.response);
    keys.set(toId(ctx, keyRecord.key), structuredClone({ ...keyRecord, expiresAt }));
  };
  const journal: Journal = {
    find: async (ctx, key) => {
      const stored = findKey(ctx, key);
      return stored && structuredClone({ fingerprint: stored.fingerprint, response: stored.response });
    },
  };
  return { rows: () => structuredClone(rows), journal, commit };
};
