import { Amount, Currency } from '@plinth/contract-kit';
import { defineCollection, defineMapper, Entity, entityFields, sortKeyMax, toSortKey } from '@plinth/data-kit';
import { type Product, ProductDescription, ProductName, ProductStatus, Sku, Stock } from '@plinth/dtos/orders';
import { z } from 'zod';

/** The largest stock that a product can be filled to. */
export const stockMax = 1_000_000_000;

/** A product as stored. Clients receive `Product`, which `toProduct` returns. */
export const ProductDocument = Entity.extend({
  sku: Sku,
  name: ProductName,
  description: ProductDescription.optional(),
  // Two fields instead of one object, because lists are sorted by the amount.
  priceAmount: Amount,
  currency: Currency,
  stock: Stock,
  status: ProductStatus,
});
export type ProductDocument = z.infer<typeof ProductDocument>;

export const products = defineCollection('products', ProductDocument, {
  tenancy: 'tenant',
  search: ['name', 'description', 'sku'],
  compareBy: { name: { schema: z.string().max(sortKeyMax), toKey: toSortKey } },
  indexes: {
    newest: { fields: ['createdAt', '_id'] },
    inNameOrder: { fields: ['name', '_id'] },
    inPriceOrder: { fields: ['priceAmount', '_id'] },
    newestOfStatus: { fields: ['status', 'createdAt', '_id'] },
    inNameOrderOfStatus: { fields: ['status', 'name', '_id'] },
    inPriceOrderOfStatus: { fields: ['status', 'priceAmount', '_id'] },
    bySku: { fields: ['sku'], unique: 'sku-taken' },
  },
});

export const toProduct = defineMapper<ProductDocument, Product>({
  ...entityFields,
  sku: 'sku',
  name: 'name',
  description: 'description',
  price: ({ priceAmount: amount, currency }) => ({ amount, currency }),
  stock: 'stock',
  status: 'status',
});
