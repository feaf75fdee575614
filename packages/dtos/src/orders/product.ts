import {
  definePage,
  Id,
  Money,
  MultiLineText,
  resourceExample,
  resourceFields,
  SingleLineText,
} from '@plinth/contract-kit';
import { z } from 'zod';

export const ProductId = Id.meta({ id: 'ProductId', description: 'The id of a product.' });

export const Sku = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, dashes and underscores')
  .meta({ id: 'Sku', description: 'Your own code of the product. Upper and lower case are different codes.' });

export const ProductName = SingleLineText.max(200).meta({ id: 'ProductName', description: 'A single line of text.' });

export const ProductDescription = MultiLineText.max(2000).describe('What a customer should know.');

export const ProductStatus = z
  .enum(['active', 'archived'])
  .meta({ id: 'ProductStatus', description: 'An archived product cannot be ordered.' });

/** The maximum number of items that one request adds to a stock. */
export const quantityMax = 1_000_000_000;

export const Stock = z.int().min(0).describe('The items that can be ordered.');

export const Product = z
  .object({
    id: ProductId,
    ...resourceFields,
    sku: Sku,
    name: ProductName,
    description: ProductDescription.optional(),
    price: Money,
    stock: Stock,
    status: ProductStatus,
  })
  .meta({
    id: 'Product',
    examples: [
      {
        ...resourceExample,
        sku: 'TEA-001',
        name: 'Green tea',
        description: 'Loose leaves, 100 g.',
        price: { amount: 1250, currency: 'EUR' },
        stock: 40,
        status: 'active',
      },
    ],
  });
export type Product = z.infer<typeof Product>;

export const ProductPage = definePage(Product);
