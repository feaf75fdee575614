import { classifiedFields } from '@plinth/contract-kit';
import { planList, toStoredSort, toStoredWhere } from '@plinth/data-kit';
import { ListProductsQuery, Product, StockMovement } from '@plinth/dtos/orders';
import { describe, expect, it } from 'vitest';
import { type ProductDocument, products, toProduct } from './product.ts';
import { type StockMovementDocument, stockMovements, toStockMovement } from './stock-movement.ts';

const id = '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d';
const time = new Date('2026-01-31T09:30:00.000Z');
const entity = { _id: id, tenantId: id, version: 3, createdAt: time, updatedAt: time };
const product: ProductDocument = {
  ...entity,
  sku: 'TEA',
  name: 'Tea',
  priceAmount: 1250,
  currency: 'EUR',
  stock: 0,
  status: 'active',
};
const movement: StockMovementDocument = { ...entity, productId: id, quantity: 1, reason: 'Delivery', createdBy: id };

describe('a mapper', () => {
  it('returns the fields of a product, its price as money, and nothing else', () => {
    const dto = toProduct({ ...product, margin: 1 } as ProductDocument);
    expect(Product.strict().parse(dto)).toStrictEqual(dto);
    expect(dto).toMatchObject({ id, version: 3, price: { amount: 1250, currency: 'EUR' } });
    expect(dto).not.toHaveProperty('description');
    expect(toProduct({ ...product, description: '' })).toMatchObject({ description: '' });
  });

  it('returns the fields of a movement and nothing else', () => {
    const dto = toStockMovement({ ...movement, margin: 1 } as StockMovementDocument);
    expect(StockMovement.strict().parse(dto)).toStrictEqual(dto);
  });
});

describe('the stored documents', () => {
  it.each([
    { priceAmount: -1 },
    { priceAmount: 0.5 },
    { currency: 'XYZ' },
    { stock: -1 },
    { status: 'sold' },
    { sku: '' },
  ])('of a product are invalid with %j', (part) => {
    const stored = { ...product, nameKey: 'tea\tTea' };
    expect(products.schema.safeParse(stored).success).toBe(true);
    expect(products.schema.safeParse({ ...stored, ...part }).success).toBe(false);
  });

  it('have no personal data', () => {
    expect([...classifiedFields([products.schema, stockMovements.schema])]).toEqual([]);
  });
});

describe('the indexes', () => {
  const sorts = ['-createdAt', 'createdAt', 'name', '-name', 'price', '-price'] as const;
  const filters = [{}, { status: 'active' }, { sku: 'TEA' }] as const;
  const queries = filters
    .flatMap((filter) => sorts.map((sort) => ({ ...filter, sort })))
    .filter((query) => ListProductsQuery.safeParse(query).success);

  it('serve every list of products, and each serves one of them', () => {
    const planned = queries.map((query) => {
      const { where, sort } = ListProductsQuery.parse(query);
      const stored = toStoredSort(products, sort.replace('price', 'priceAmount'));
      return planList(products, { where: toStoredWhere(products, where), sort: stored }).index;
    });
    expect(planned).toHaveLength(13);
    expect(new Set(planned)).toEqual(new Set(Object.keys(products.indexes)));
  });

  it('serve the movements of a product', () => {
    const plan = planList(stockMovements, { where: { productId: id }, sort: '-createdAt' });
    expect(plan.index).toBe('newestOfProduct');
  });
});
