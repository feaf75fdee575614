import type { Collection, Ctx, Events } from '@plinth/data-kit';
import type { ErasedCustomerDocument } from '@plinth/models/orders';
import { erasedCustomersEvents } from '@plinth/service-contracts/orders';

type Deps = { erasedCustomers: Collection<ErasedCustomerDocument, 'find' | 'insert'>; events: Events };
type UserErased = { readonly payload: { readonly userId: string } };

/**
 * Stores that a user was erased, and nothing else: an order that ends after this commit finds it, and one that ended before is
 * found by the consumer of the event.
 */
export const startCustomerErasure =
  ({ erasedCustomers, events }: Deps) =>
  async ({ payload: { userId: customerId } }: UserErased, ctx: Ctx): Promise<void> => {
    if (await erasedCustomers.for(ctx).find({ customerId })) return;
    const { _id: erasedCustomerId } = erasedCustomers.for(ctx).insert({ customerId });
    events.emit(ctx, erasedCustomersEvents.customerErasureStarted, { erasedCustomerId });
  };
