import { type Collection, type Ctx, defineJob, type Jobs, PlannedRun } from '@plinth/data-kit';
import { type OrderDocument, orders } from '@plinth/models/orders';
import { z } from 'zod';
import { cancelUnpaidOrder } from './cancel-unpaid-order.ts';

/** An order that is unpaid for this long is cancelled, so that its items can be sold. */
export const unpaidMsMax = 14 * 24 * 60 * 60 * 1000;

const pageSize = 100;

type Deps = { readonly orders: Collection<OrderDocument, 'list'>; readonly jobs: Jobs };
type Page = PlannedRun & { readonly cursor?: string | undefined };

/** Enqueues a job for each order of a page, so that one which cannot be cancelled holds up no other, and one for the next page. */
const enqueuePage =
  ({ orders: stored, jobs }: Deps) =>
  async ({ plannedAt, cursor }: Page, ctx: Ctx): Promise<void> => {
    const createdAt = { $lte: new Date(plannedAt.getTime() - unpaidMsMax) };
    const { items, nextCursor } = await stored.for(ctx).list({
      where: { status: 'placed', createdAt },
      sort: 'createdAt',
      limit: pageSize,
      ...(cursor !== undefined && { cursor }),
    });
    for (const { _id: orderId } of items) jobs.enqueue(ctx, cancelUnpaidOrder, { input: { orderId }, key: orderId });
    if (nextCursor !== null) jobs.enqueue(ctx, cancelUnpaidOrders, { input: { plannedAt, cursor: nextCursor } });
  };

/** Runs each hour, for each organization with orders. */
export const cancelUnpaidOrders = defineJob({
  name: 'cancel-unpaid-orders',
  input: PlannedRun.extend({ cursor: z.string().optional() }),
  schedule: { cron: '17 * * * *', tenantsOf: orders },
  handle: enqueuePage,
});
