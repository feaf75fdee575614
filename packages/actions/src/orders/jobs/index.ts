export { cancelUnpaidOrder } from './cancel-unpaid-order.ts';
export { cancelUnpaidOrders } from './cancel-unpaid-orders.ts';
