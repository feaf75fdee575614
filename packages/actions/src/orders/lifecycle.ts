import type { OrderDocument } from '@plinth/models/orders';
import { type OrderEvent, orderLifecycle, ordersErrors } from '@plinth/service-contracts/orders';
import { getNextTransitions, transition } from 'xstate';

type OrderStatus = OrderDocument['status'];

/** @throws `illegal-transition` with the changes that the status allows, when it does not allow this one. */
export const assertLegal = (status: OrderStatus, event: OrderEvent): void => {
  const state = orderLifecycle.resolveState({ value: status });
  if (state.can(event)) return;
  const legal = new Set(getNextTransitions(state).map(({ eventType }) => eventType as OrderEvent['type']));
  throw ordersErrors.illegalTransition({ status, legal: [...legal] });
};

/** Returns the status after a change. @throws `illegal-transition` when the status does not allow it. */
export const getNextStatus = (status: OrderStatus, event: OrderEvent): OrderStatus => {
  assertLegal(status, event);
  const [next] = transition(orderLifecycle, orderLifecycle.resolveState({ value: status }), event);
  return next.value;
};
