import { OrderStatus, OrderTransition } from '@plinth/dtos/orders';
import { expect, it } from 'vitest';
import { orderLifecycle } from './lifecycle.ts';

it('has every status and every change in the lifecycle', () => {
  expect(Object.keys(orderLifecycle.states).toSorted()).toEqual(OrderStatus.options.toSorted());
  expect(orderLifecycle.events.toSorted()).toEqual(OrderTransition.options.toSorted());
});
