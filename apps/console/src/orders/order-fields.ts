import { CustomerReference, PlaceOrder } from '@plinth/dtos/orders';
import { z } from 'zod';

/** The fields of the form, in which a customer has a reference of another system. */
export const OrderFields = PlaceOrder.extend({ customer: z.object({ reference: CustomerReference }) });
export type OrderFields = z.infer<typeof OrderFields>;
