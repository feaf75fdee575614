import { classifiedFields } from '@plinth/contract-kit';
import { planList } from '@plinth/data-kit';
import { erasedText, erasedUserId, ListOrdersQuery, Order, OrderSummary } from '@plinth/dtos/orders';
import { describe, expect, it } from 'vitest';
import { erasedCustomers } from './erased-customer.ts';
import { type OrderDocument, orders, toOrder, toOrderSummary } from './order.ts';

const id = '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d';
const time = new Date('2026-01-31T09:30:00.000Z');
const eur = (amount: number) => ({ amount, currency: 'EUR' });
const order: OrderDocument = {
  _id: id,
  tenantId: id,
  version: 3,
  createdAt: time,
  updatedAt: time,
  status: 'paid',
  customerKind: 'user',
  customerId: id,
  currency: 'EUR',
  totalAmount: 200,
  paidAmount: 200,
  refundedAmount: 50,
  lines: [{ productId: id, sku: 'TEA', name: 'Tea', quantity: 2, shipped: 1, price: eur(100), total: eur(200) }],
  shippingAddress: { recipient: 'Ada', street: 'Main Street 1', city: 'London', country: 'GB' },
};

describe('a mapper', () => {
  it('returns the fields of the DTO, amounts as money, and nothing else', () => {
    const dto = toOrder({ ...order, margin: 1 } as OrderDocument);
    expect(Order.strict().parse(dto)).toStrictEqual(dto);
    expect(dto).toMatchObject({ total: eur(200), paid: eur(200), refunded: eur(50), customer: { userId: id } });
    expect(toOrder({ ...order, customerKind: 'reference', customerId: 'C' }).customer).toEqual({ reference: 'C' });
  });

  it('returns the amounts of rules, which add up, and none for an order that is older than rules', () => {
    const applied = [{ ruleId: id, name: 'Five', kind: 'voucher' as const, amount: eur(50) }];
    const byRules = { discountAmount: 50, shippingAmount: 20, appliedRules: applied };
    const amounts = { subtotal: eur(230), discount: eur(50), shipping: eur(20), total: eur(200) };
    expect(toOrder({ ...order, ...byRules })).toMatchObject({ ...amounts, appliedRules: applied });
    const none = { subtotal: eur(200), discount: eur(0), shipping: eur(0), total: eur(200), appliedRules: [] };
    expect(toOrder(order)).toMatchObject(none);
    const largest = { ...order, totalAmount: Number.MAX_SAFE_INTEGER, discountAmount: 1, shippingAmount: 1 };
    expect(toOrder(largest).subtotal).toEqual(eur(Number.MAX_SAFE_INTEGER));
  });

  it('returns an erased order as clients know orders, with the time of its erasure', () => {
    const shippingAddress = { recipient: erasedText, street: erasedText, city: erasedText, country: 'GB' };
    const erased = { ...order, customerId: erasedUserId, shippingAddress, customerErasedAt: time };
    expect(orders.schema.safeParse(erased).success).toBe(true);
    expect(Order.strict().parse(toOrder(erased))).toMatchObject({
      customer: { userId: erasedUserId },
      customerErasedAt: '2026-01-31T09:30:00.000Z',
    });
    expect(toOrder(order)).not.toHaveProperty('customerErasedAt');
  });

  it('of lists returns no lines, address or note', () => {
    const dto = toOrderSummary({ ...order, note: 'a' });
    expect(OrderSummary.strict().parse(dto)).toStrictEqual(dto);
  });
});

it.each([
  { status: 'open' },
  { totalAmount: -1 },
  { lines: [] },
  { currency: 'XYZ' },
  { customerId: '' },
  { customerKind: 'a' },
])('a stored order is invalid with %j', (part) => {
  expect(orders.schema.safeParse(order).success).toBe(true);
  expect(orders.schema.safeParse({ ...order, ...part }).success).toBe(false);
});

it('the customer, the address and the note are personal data', () => {
  expect([...classifiedFields([orders.schema]).keys()].toSorted()).toEqual(['customerId', 'note', 'shippingAddress']);
  expect([...classifiedFields([erasedCustomers.schema]).keys()]).toEqual(['customerId']);
});

it('the indexes serve every list of orders, and each serves one of them', () => {
  const filters = [
    {},
    { status: 'paid' },
    { status: 'paid,placed' },
    { customerId: 'C' },
    { customerId: 'C', status: 'paid' },
  ];
  const bounds = [{}, { 'total[gte]': '5' }, { 'createdAt[gte]': '2026-01-31T09:30:00Z', 'total[lt]': '9' }];
  const queries = filters.flatMap((filter) =>
    ['-createdAt', 'createdAt', 'total', '-total'].flatMap((sort) =>
      bounds.map((bound) => ListOrdersQuery.safeParse({ ...filter, ...bound, sort })),
    ),
  );
  const planned = queries.flatMap(({ data }) => {
    if (!data) return [];
    const { total, ...where } = data.where;
    const stored = { ...where, ...(total && { totalAmount: total }) };
    return [planList(orders, { where: stored, sort: data.sort.replace('total', 'totalAmount') }).index];
  });
  expect(planned.length).toBeGreaterThan(40);
  expect(new Set(planned)).toEqual(new Set(Object.keys(orders.indexes)));
});
