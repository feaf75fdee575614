import { defineListQuery, IsoDate, Money, OperationId, QueryInteger, toMergePatch } from '@plinth/contract-kit';
import { z } from 'zod';
import {
  Product,
  ProductDescription,
  ProductId,
  ProductName,
  ProductStatus,
  quantityMax,
  Sku,
  Stock,
} from './product.ts';

export const ProductParams = z.object({ id: ProductId });

export const ProductExportParams = z.object({ id: OperationId });

export const ExportProducts = z
  .object({ productStatus: ProductStatus.optional().describe('Only products with this status; by default all.') })
  .meta({ id: 'ExportProducts', examples: [{ productStatus: 'active' }] });

export const CreateProduct = z
  .object({
    sku: Sku,
    name: ProductName,
    description: ProductDescription.optional(),
    price: Money,
    stock: Stock.max(quantityMax).default(0),
  })
  .meta({
    id: 'CreateProduct',
    examples: [{ sku: 'TEA-001', name: 'Green tea', price: { amount: 1250, currency: 'EUR' }, stock: 40 }],
  });

/** A merge patch; stock and status are changed by routes of their own. */
export const UpdateProduct = toMergePatch(
  z.object({ name: ProductName, description: ProductDescription.optional(), price: Money }),
).meta({ id: 'UpdateProduct', examples: [{ price: { amount: 1350 } }] });

const sorts = ['-createdAt', 'createdAt', 'name', '-name', 'price', '-price'] as const;

export const ListProductsQuery = defineListQuery({
  item: Product,
  filters: { status: ProductStatus, sku: Sku },
  ranges: { createdAt: IsoDate, price: QueryInteger },
  combinations: [{ sort: sorts }, { where: ['status'], sort: sorts }, { where: ['sku'], sort: ['-createdAt'] }],
});
