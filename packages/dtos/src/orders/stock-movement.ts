import { defineListQuery, definePage, Id, IsoDate, resourceExample, SingleLineText } from '@plinth/contract-kit';
import { z } from 'zod';
import { ProductId, quantityMax } from './product.ts';

const Quantity = z.int().min(1).max(quantityMax).describe('The items that were added to the stock.');
const Reason = SingleLineText.max(200).describe('The reason, such as the number of the delivery.');

const { id, createdAt } = resourceExample;

export const Restock = z
  .object({ quantity: Quantity, reason: Reason })
  .meta({ id: 'Restock', examples: [{ quantity: 20, reason: 'Delivery 2026/17' }] });

export const StockMovement = z
  .object({
    id: Id.describe('The id of the movement.'),
    productId: ProductId,
    quantity: Quantity,
    reason: Reason,
    createdBy: Id.describe('The id of the user who added the items.'),
    createdAt: z.iso.datetime().describe('The time at which the items were added.'),
  })
  .meta({
    id: 'StockMovement',
    examples: [{ id, productId: id, quantity: 20, reason: 'Delivery 2026/17', createdBy: id, createdAt }],
  });
export type StockMovement = z.infer<typeof StockMovement>;

export const StockMovementPage = definePage(StockMovement);

export const ListStockMovementsQuery = defineListQuery({
  item: StockMovement,
  filters: {},
  ranges: { createdAt: IsoDate },
  combinations: [{ sort: ['-createdAt', 'createdAt'] }],
});
