import { defineCollection, defineMapper, Entity, StoredId } from '@plinth/data-kit';
import { StockMovement } from '@plinth/dtos/orders';
import type { z } from 'zod';

const { quantity, reason } = StockMovement.shape;

/** Items that were added to the stock of a product. It never changes. */
export const StockMovementDocument = Entity.extend({ productId: StoredId, quantity, reason, createdBy: StoredId });
export type StockMovementDocument = z.infer<typeof StockMovementDocument>;

export const stockMovements = defineCollection('stockMovements', StockMovementDocument, {
  tenancy: 'tenant',
  indexes: { newestOfProduct: { fields: ['productId', 'createdAt', '_id'] } },
});

export const toStockMovement = defineMapper<StockMovementDocument, StockMovement>({
  id: '_id',
  productId: 'productId',
  quantity: 'quantity',
  reason: 'reason',
  createdBy: 'createdBy',
  createdAt: 'createdAt',
});
