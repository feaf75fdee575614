export { cancelUnpaidOrder } from './cancel-unpaid-order.ts';
export { cancelUnpaidOrders } from './cancel-unpaid-orders.ts';
export { chargeFulfilment } from './charge-fulfilment.ts';
export { exportProductsPiece } from './export-products-piece.ts';
export { importProductsPiece } from './import-products-piece.ts';
export { timeOutFulfilment } from './time-out-fulfilment.ts';
