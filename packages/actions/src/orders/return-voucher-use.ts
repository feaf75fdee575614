import { commonErrors } from '@plinth/contract-kit';
import type { Collection, Ctx } from '@plinth/data-kit';
import type { OrderDocument, VoucherDocument } from '@plinth/models/orders';

export type Vouchers = Collection<VoucherDocument, 'find' | 'updateWhere'>;

/** Returns the use of an order to its voucher, also when that is disabled or was replaced. */
export const returnVoucherUse = async (
  vouchers: Vouchers,
  ctx: Ctx,
  { appliedRules = [] }: OrderDocument,
): Promise<void> => {
  const used = appliedRules.find(({ kind }) => kind === 'voucher');
  const voucher = used && (await vouchers.for(ctx).find({ ruleId: used.ruleId }));
  if (!voucher) return;
  const where = { _id: voucher._id, uses: { $gte: 1 } };
  vouchers.for(ctx).updateWhere(where, { $inc: { uses: -1 } }, commonErrors.conflict());
};
