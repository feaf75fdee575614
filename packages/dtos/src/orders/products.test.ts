import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  CreateProduct,
  ListProductsQuery,
  Product,
  ProductPage,
  Restock,
  StockMovement,
  StockMovementPage,
  UpdateProduct,
} from './index.ts';

const [product] = Product.meta()!['examples'] as [Product];
const [movement] = StockMovement.meta()!['examples'] as [StockMovement];

describe('a body', () => {
  it('keeps the fields of its operation and drops all others', () => {
    const { sku, name, description, price, stock } = product;
    const greedy = { ...product, tenantId: product.id, priceAmount: 1, nameKey: 'a', quantity: 1, reason: 'r' };
    expect(CreateProduct.parse(greedy)).toStrictEqual({ sku, name, description, price, stock });
    expect(UpdateProduct.parse(greedy)).toStrictEqual({ name, description, price });
    expect(Restock.parse(greedy)).toStrictEqual({ quantity: 1, reason: 'r' });
  });

  it('of a patch removes the description by null, merges the price, and may be empty', () => {
    for (const patch of [{}, { description: null }, { price: {} }, { price: { amount: 1 } }]) {
      expect(UpdateProduct.parse(patch)).toEqual(patch);
    }
    for (const patch of [{ name: null }, { price: null }, { price: { amount: null } }]) {
      expect(UpdateProduct.safeParse(patch).success).toBe(false);
    }
  });
});

it.each(['A', '0', 'tea.green_100-g', 'a'.repeat(64)])('accepts the SKU %s', (sku) => {
  expect(CreateProduct.parse({ ...product, sku })).toMatchObject({ sku });
});

it.each(['', '-a', '.', 'a b', 'ä', 'a/b', 'a\n', 'a'.repeat(65), 1])('refuses the SKU %j', (sku) => {
  expect(CreateProduct.safeParse({ ...product, sku }).success).toBe(false);
});

// A `z.date()` or a `.transform()` in a response would compile, and fail when the first response is sent.
it.each<[string, z.ZodType, unknown]>([
  ['Product', Product, product],
  ['ProductPage', ProductPage, { items: [product, { ...product, status: 'archived' }], nextCursor: 'a.b' }],
  ['StockMovement', StockMovement, movement],
  ['StockMovementPage', StockMovementPage, { items: [movement], nextCursor: null }],
])('a response is the same after JSON: %s', (_, schema, sample) => {
  expect(schema.parse(JSON.parse(JSON.stringify(z.encode(schema, sample))))).toEqual(sample);
});

it.each([Product, StockMovement])('has a description for every field of a response', (schema) => {
  // The description of money is that of its parts.
  const fields = Object.entries<z.ZodType>(schema.shape).filter(([name]) => name !== 'price');
  expect(fields.filter(([, field]) => !field.description && !unwrap(field).description)).toEqual([]);
});

const unwrap = (field: z.ZodType): z.ZodType =>
  field instanceof z.ZodOptional ? (field.unwrap() as z.ZodType) : field;

describe('a list of products', () => {
  const sorts = ['-createdAt', 'createdAt', 'name', '-name', 'price', '-price'];

  it.each(sorts)('is sorted by %s, with and without a status', (sort) => {
    expect(ListProductsQuery.parse({ sort } as object)).toMatchObject({ where: {}, sort });
    expect(ListProductsQuery.parse({ sort, status: 'active' } as object)).toMatchObject({ sort });
  });

  it('accepts bounds of the sorted field only', () => {
    const bounds = { 'price[gte]': '100', 'price[lt]': '200' } as unknown as Record<'price[gte]', number>;
    expect(ListProductsQuery.parse(bounds)).toMatchObject({ where: { price: { $gte: 100, $lt: 200 } }, sort: 'price' });
    expect(ListProductsQuery.safeParse({ ...bounds, sort: 'name' }).success).toBe(false);
  });

  it.each(['1.5', '-1', '1e3', '9007199254740993', ''])('refuses the bound %j', (bound) => {
    expect(ListProductsQuery.safeParse({ sort: 'price', 'price[gte]': bound }).success).toBe(false);
  });
});
