import { commonErrors } from '@plinth/contract-kit';
import type { Clock, Ctx, StoreOptions } from '@plinth/data-kit';
import { LRUCache } from 'lru-cache';
import type { Db } from 'mongodb';
import { remainingMs } from '../deadline.ts';
import { toApiError } from '../mongo-errors.ts';
import type { Write } from './write.ts';

/** How long a count is reused. The inserts of this process are added to it, those of other processes are not. */
const cachedMs = 10_000;
const countsMax = 10_000;

type QuotaDeps = { readonly db: Db; readonly clock: Clock } & Pick<StoreOptions, 'findRowsMax'>;
type CountScope = { readonly ctx: Ctx; readonly collection: string; readonly rowsMax: number };
/** Mutable, so that inserts of this process are added while the count is cached. */
type RowCount = { count: number };

/**
 * Creates a function that runs a commit when its tenant has room for the inserts. It counts the documents of a tenant in a
 * collection, deleted ones included. @throws `quota-exceeded` when there would be more than the tenant may keep.
 */
export const createRowQuotas = ({ db, clock, findRowsMax }: QuotaDeps) => {
  const counts = new LRUCache<string, RowCount, CountScope>({
    max: countsMax,
    ttl: cachedMs,
    fetchMethod: async (_key, _stale, { context: { ctx, collection, rowsMax } }) => {
      const query = { tenantId: ctx.tenantId };
      const { n } = await db.command({ count: collection, query, limit: rowsMax, maxTimeMS: remainingMs(ctx, clock) });
      return { count: n };
    },
  });
  const reserve = async (scope: CountScope, inserts: number): Promise<RowCount> => {
    const { ctx, collection, rowsMax } = scope;
    const rows = await counts.forceFetch(`${ctx.tenantId} ${collection}`, { context: scope }).catch((cause) => {
      throw toApiError(cause);
    });
    if (rows.count + inserts > rowsMax) {
      throw commonErrors.quotaExceeded({
        detail: `The organization may keep ${rowsMax} documents of this kind, and has ${rows.count}.`,
      });
    }
    rows.count += inserts;
    return rows;
  };
  return async (ctx: Ctx, writes: readonly Write[], commit: () => Promise<void>): Promise<void> => {
    const rowsMax = findRowsMax?.(ctx.tenantId);
    if (rowsMax === undefined) return commit();
    const reserved: [RowCount, number][] = [];
    try {
      const inserts = writes.filter(({ kind }) => kind === 'insert');
      for (const [collection, { length }] of Map.groupBy(inserts, (write) => write.collection)) {
        reserved.push([await reserve({ ctx, collection, rowsMax }, length), length]);
      }
      await commit();
    } catch (error) {
      for (const [rows, inserts] of reserved) rows.count -= inserts;
      throw error;
    }
  };
};
