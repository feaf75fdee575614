import { Amount, Currency, secret } from '@plinth/contract-kit';
import { defineCollection, defineMapper, Entity, entityFields, StoredId, sagaFields } from '@plinth/data-kit';
import { type Fulfilment, FulfilmentStatus } from '@plinth/dtos/orders';
import { z } from 'zod';

/** A fulfilment as stored: the document of a saga. Clients receive `Fulfilment`, which `toFulfilment` returns. */
export const FulfilmentDocument = Entity.extend({
  orderId: StoredId,
  status: FulfilmentStatus,
  ...sagaFields,
  currency: Currency,
  amount: Amount,
  /** The part of the charge that the provider has refunded. */
  refundedAmount: Amount,
  shipWithinHours: z.int().min(1),
  /** Until the order is charged. */
  paymentMethod: secret(z.string()).optional(),
  /** The id of the charge at the provider. Absent when the total is 0. */
  chargeId: z.string().optional(),
});
export type FulfilmentDocument = z.infer<typeof FulfilmentDocument>;

export const fulfilments = defineCollection('fulfilments', FulfilmentDocument, {
  tenancy: 'tenant',
  retention: 'until the order is charged, or its payment is declined',
  indexes: { byOrder: { fields: ['orderId'], unique: 'fulfilment-started' } },
});

export const toFulfilment = defineMapper<FulfilmentDocument, Fulfilment>({
  ...entityFields,
  orderId: 'orderId',
  status: 'status',
  amount: ({ amount, currency }) => ({ amount, currency }),
  refunded: ({ refundedAmount: amount, currency }) => ({ amount, currency }),
  history: ({ history }) =>
    history.map(({ status, at, reason }) => ({
      status: FulfilmentStatus.parse(status),
      at: at.toISOString(),
      ...(reason !== undefined && { reason }),
    })),
  wakeAt: 'wakeAt',
});
