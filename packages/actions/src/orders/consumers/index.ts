export { eraseEndedOrders } from './erase-ended-orders.ts';
export { eraseOrderAtEnd } from './erase-order-at-end.ts';
export { eraseOrderHistory } from './erase-order-history.ts';
export { followShipment } from './follow-shipment.ts';
export { refundCharge } from './refund-charge.ts';
export { startCustomerErasure } from './start-customer-erasure.ts';
