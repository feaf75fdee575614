import { defineCollection, Entity } from '@plinth/data-kit';
import type { z } from 'zod';
import { OrderDocument } from './order.ts';

/** A user who was erased. The orders of this customer lose their personal data when they have ended. */
export const ErasedCustomerDocument = Entity.extend({
  customerId: OrderDocument.shape.customerId.describe('The id of the user.'),
});
export type ErasedCustomerDocument = z.infer<typeof ErasedCustomerDocument>;

export const erasedCustomers = defineCollection('erasedCustomers', ErasedCustomerDocument, {
  tenancy: 'tenant',
  retention: 'forever, because orders of the user may still end; the document has no other personal data',
  indexes: { byCustomer: { fields: ['customerId'], unique: 'conflict' } },
});
