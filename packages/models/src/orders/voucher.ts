import { defineCollection, Entity, StoredId } from '@plinth/data-kit';
import { VoucherCode } from '@plinth/dtos/orders';
import { z } from 'zod';

/**
 * The uses of a voucher. They are not in its rule, because each order would change the version of the rule, and an owner could not
 * replace a voucher that is used often.
 */
export const VoucherDocument = Entity.extend({
  ruleId: StoredId,
  code: VoucherCode,
  uses: z.int().min(0),
});
export type VoucherDocument = z.infer<typeof VoucherDocument>;

export const vouchers = defineCollection('vouchers', VoucherDocument, {
  tenancy: 'tenant',
  indexes: { byCode: { fields: ['code'], unique: 'voucher-code-taken' }, byRule: { fields: ['ruleId'] } },
});
