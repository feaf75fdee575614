import { commonErrors } from '@plinth/contract-kit';
import type { OrdersService } from '@plinth/contracts/orders';
import type { Collection, Events } from '@plinth/data-kit';
import { type OrderDocument, toOrder } from '@plinth/models/orders';
import { ordersErrors, ordersEvents } from '@plinth/service-contracts/orders';
import { assertLegal, getNextStatus } from './lifecycle.ts';
import { assertEachOnce } from './price-lines.ts';

type Deps = { orders: Collection<OrderDocument, 'get' | 'update'>; events: Events };

type Lines = OrderDocument['lines'];
type Items = readonly { readonly productId: string; readonly quantity: number }[];

const listOpenItems = (lines: Lines): Items =>
  lines
    .map(({ productId, quantity, shipped }) => ({ productId, quantity: quantity - shipped }))
    .filter(({ quantity }) => quantity > 0);

/** Returns the lines after a shipment. @throws `shipment-too-large` for items that the order does not have, or no longer. */
const shipItems = (lines: Lines, items: Items): Lines => {
  const open = new Map(listOpenItems(lines).map(({ productId, quantity }) => [productId, quantity]));
  const missing = items.find(({ productId, quantity }) => quantity > (open.get(productId) ?? 0));
  if (missing) {
    const { productId } = missing;
    throw ordersErrors.shipmentTooLarge({ productId, open: open.get(productId) ?? 0 });
  }
  const quantities = new Map(items.map(({ productId, quantity }) => [productId, quantity]));
  return lines.map((line) => ({ ...line, shipped: line.shipped + (quantities.get(line.productId) ?? 0) }));
};

export const shipOrder =
  ({ orders, events }: Deps): OrdersService['shipOrder'] =>
  async ({ id, body }, ctx) => {
    const order = await orders.for(ctx).get(id);
    assertLegal(order.status, { type: 'ship', isWhole: true });
    const items = [...(body.lines ?? listOpenItems(order.lines))];
    assertEachOnce(items);
    const lines = shipItems(order.lines, items);
    const isWhole = listOpenItems(lines).length === 0;
    const $set = { lines, status: getNextStatus(order.status, { type: 'ship', isWhole }) };
    const shipped = orders.for(ctx).update(order, { $set }, commonErrors.conflict());
    events.emit(ctx, ordersEvents.orderShipped, { orderId: id, lines: items, isWhole });
    return toOrder(shipped);
  };
