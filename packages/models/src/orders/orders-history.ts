import { defineHistory } from '@plinth/data-kit';
import { orders } from './order.ts';

/** The changes of orders, each with the order before. */
export const ordersHistory = defineHistory(orders);
