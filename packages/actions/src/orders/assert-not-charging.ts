import type { OrderDocument } from '@plinth/models/orders';
import { ordersErrors } from '@plinth/service-contracts/orders';

/** A fulfilment that charges an order owns it: whether it is paid or cancelled depends on the outcome. */
export const isCharging = ({ status, fulfilmentId }: OrderDocument): boolean =>
  status === 'placed' && fulfilmentId !== undefined;

/** @throws `being-charged`. */
export const assertNotCharging = (order: OrderDocument): void => {
  if (isCharging(order)) throw ordersErrors.beingCharged();
};
