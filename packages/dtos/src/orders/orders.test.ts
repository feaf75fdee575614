import { classifiedFields } from '@plinth/contract-kit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  ListOrdersQuery,
  Order,
  OrderPage,
  OrderSummary,
  PlaceOrder,
  RefundOrder,
  ShipOrder,
  UpdateOrder,
} from './index.ts';

const [order] = Order.meta()!['examples'] as [Order];
const [summary] = OrderSummary.meta()!['examples'] as [OrderSummary];
const [placed] = PlaceOrder.meta()!['examples'] as [PlaceOrder];
type PlaceOrder = z.input<typeof PlaceOrder>;

const id = order.id;

// A `z.date()` or a `.transform()` in a response would compile, and fail when the first response is sent.
it.each<[string, z.ZodType, unknown]>([
  ['Order', Order, order],
  ['Order of a reference', Order, { ...order, customer: { reference: 'C-1' } }],
  ['OrderPage', OrderPage, { items: [summary], nextCursor: 'a.b' }],
])('a response is the same after JSON: %s', (_, schema, sample) => {
  expect(schema.parse(JSON.parse(JSON.stringify(z.encode(schema, sample))))).toEqual(sample);
});

it('a summary has no personal data but the reference; an order also has address and note', () => {
  expect([...classifiedFields([OrderSummary]).keys()]).toEqual(['reference']);
  expect([...classifiedFields([Order]).keys()].toSorted()).toEqual(['note', 'reference', 'shippingAddress']);
  expect([...classifiedFields([PlaceOrder, UpdateOrder]).keys()].toSorted()).toEqual([
    'note',
    'reference',
    'shippingAddress',
  ]);
});

describe('a body', () => {
  it('keeps the fields of its operation and drops all others', () => {
    const greedy = { ...placed, status: 'paid', total: order.total, paid: order.total, tenantId: id };
    expect(PlaceOrder.parse(greedy)).toStrictEqual(placed);
    expect(UpdateOrder.parse({ note: null, lines: [], status: 'paid' })).toStrictEqual({ note: null });
    expect(ShipOrder.parse({ tracking: 'a' })).toStrictEqual({});
    expect(RefundOrder.parse({ refunded: order.total })).toStrictEqual({});
  });

  it.each([{ userId: id }, { userId: id.toUpperCase() }, { reference: 'C-1017' }, { reference: '漢'.repeat(64) }])(
    'accepts the customer %j',
    (customer) => expect(PlaceOrder.safeParse({ ...placed, customer }).success).toBe(true),
  );

  it.each([
    {},
    { userId: 'x' },
    { reference: '' },
    { reference: id },
    { reference: id.toUpperCase() },
    { reference: 'r'.repeat(65) },
    { userId: id, reference: 'C' },
    'C',
    null,
  ])('refuses the customer %j', (customer) => {
    expect(PlaceOrder.safeParse({ ...placed, customer }).success).toBe(false);
  });

  it.each([0, 101])('refuses %i lines', (length) => {
    const lines = Array.from({ length }, () => ({ productId: id, quantity: 1 }));
    expect(PlaceOrder.safeParse({ ...placed, lines }).success).toBe(false);
  });

  it.each([0, -1, 0.5, 1_000_000_001, '1'])('refuses the quantity %j', (quantity) => {
    expect(PlaceOrder.safeParse({ ...placed, lines: [{ productId: id, quantity }] }).success).toBe(false);
    expect(ShipOrder.safeParse({ lines: [{ productId: id, quantity }] }).success).toBe(false);
  });
});

describe('a list of orders', () => {
  it.each([
    [{}, {}, '-createdAt'],
    [{ status: 'paid' }, { status: 'paid' }, '-createdAt'],
    [{ status: 'paid,placed', sort: 'total' }, { status: { $in: ['paid', 'placed'] } }, 'total'],
    [{ customerId: id.toUpperCase() }, { customerId: id }, '-createdAt'],
    [{ customerId: 'C-1', status: 'paid' }, { customerId: 'C-1', status: 'paid' }, '-createdAt'],
    [{ sort: 'createdAt', 'total[gte]': '5' }, { total: { $gte: 5 } }, 'createdAt'],
  ])('accepts %j', (query, where, sort) => {
    expect(ListOrdersQuery.parse(query as object)).toMatchObject({ where, sort });
  });

  it.each([
    { customerId: 'C', status: 'paid', sort: 'total' },
    { sort: 'total', 'createdAt[gte]': '2026-01-31T09:30:00Z' },
    { 'total[gte]': '-1' },
    { status: 'open' },
    { customerKind: 'user' },
  ])('refuses %j', (query) => expect(ListOrdersQuery.safeParse(query).success).toBe(false));
});
