import { SingleLineText } from '@plinth/contract-kit';
import { z } from 'zod';
import { Product, ProductStatus } from './product.ts';

export const SearchProductsQuery = z.strictObject({
  text: SingleLineText.max(200).describe('Words. A product with more of them comes first.'),
  status: ProductStatus.optional().describe('Only products with this status.'),
});

export const ProductMatches = z
  .object({ items: z.array(Product).describe('At most 50 products, the best first.') })
  .meta({ id: 'ProductMatches', examples: [{ items: Product.meta()?.['examples'] as Product[] }] });
