import { commonErrors } from '@plinth/contract-kit';
import type { Clock, Ctx, StoreOptions } from '@plinth/data-kit';
import { LRUCache } from 'lru-cache';
import type { Db } from 'mongodb';
import { untilDeadline } from '../deadline.ts';
import { toApiError } from '../mongo-errors.ts';
import type { Write } from './write.ts';

/**
 * How long a count is reused: a millisecond for each document that was counted, because counting many takes long. The inserts of
 * this process are added to it, those of other processes are not.
 */
const reuseMsMin = 10_000;
const reuseMsMax = 600_000;
const countsMax = 10_000;

/** Write sets share a count, so it has a limit of its own, which also ends it when the driver does not settle the command. */
const countMaxMs = 8000;

type QuotaDeps = { readonly db: Db; readonly clock: Clock } & Pick<StoreOptions, 'findRowsMax'>;
type CountScope = { readonly tenantId: string; readonly collection: string; readonly rowsMax: number };
/** Mutable, so that inserts of this process are added while the count is cached. */
type RowCount = { count: number; readonly countedAt: number };

/**
 * Creates a function that runs a commit when its tenant has room for the inserts. It counts the documents of a tenant in a
 * collection, deleted ones included. @throws `quota-exceeded` when there would be more than the tenant may keep.
 */
export const createRowQuotas = ({ db, clock, findRowsMax }: QuotaDeps) => {
  const counts = new LRUCache<string, RowCount, CountScope>({
    max: countsMax,
    fetchMethod: async (_key, _stale, { context: { tenantId, collection, rowsMax } }) => {
      const command = { count: collection, query: { tenantId }, limit: rowsMax, maxTimeMS: countMaxMs };
      const signal = AbortSignal.timeout(countMaxMs);
      try {
        const { n } = await db.command(command, { signal });
        return { count: n, countedAt: clock.now().getTime() };
      } catch (cause) {
        throw signal.aborted ? commonErrors.upstreamTimeout({ cause }) : toApiError(cause);
      }
    },
  });
  const reserve = async (ctx: Ctx, scope: CountScope, inserts: number): Promise<RowCount> => {
    const { tenantId, collection, rowsMax } = scope;
    const countRows = (forceRefresh: boolean): Promise<RowCount> =>
      untilDeadline(() => counts.forceFetch(`${tenantId} ${collection}`, { context: scope, forceRefresh }), ctx, clock);
    let rows = await countRows(false);
    const isFull = rows.count + inserts > rowsMax;
    const reuseMs = isFull ? reuseMsMin : Math.min(Math.max(rows.count, reuseMsMin), reuseMsMax);
    // Absolute, because a clock may be set back.
    if (Math.abs(clock.now().getTime() - rows.countedAt) > reuseMs) rows = await countRows(true);
    if (rows.count + inserts > rowsMax) {
      throw commonErrors.quotaExceeded({
        detail: `The organization may keep ${rowsMax} documents of this kind, and has ${rows.count}.`,
      });
    }
    rows.count += inserts;
    return rows;
  };
  return async (ctx: Ctx, writes: readonly Write[], commit: () => Promise<void>): Promise<void> => {
    if (!findRowsMax) return commit();
    const inserts = writes.filter((write) => write.kind === 'insert');
    const reserved: [RowCount, number][] = [];
    try {
      for (const [tenantId, ofTenant] of Map.groupBy(inserts, ({ document }) => String(document['tenantId']))) {
        const rowsMax = findRowsMax(tenantId);
        if (rowsMax === undefined) continue;
        for (const [collection, { length }] of Map.groupBy(ofTenant, (write) => write.collection)) {
          reserved.push([await reserve(ctx, { tenantId, collection, rowsMax }, length), length]);
        }
      }
      await commit();
    } catch (error) {
      for (const [rows, inserts] of reserved) rows.count -= inserts;
      throw error;
    }
  };
};
