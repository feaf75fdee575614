// The orders of the peers' benchmark: one collection with the fields, the bodies and the responses that every peer has.
import {
  defineContract,
  defineEvents,
  defineListQuery,
  definePage,
  definePermissions,
  defineRoute,
  Id,
  resourceFields,
} from '@plinth/contract-kit';
import {
  type Collection,
  defineCollection,
  defineMapper,
  Entity,
  type Events,
  entityFields,
  type Ids,
  type ServiceOf,
} from '@plinth/data-kit';
import { defineModule } from '@plinth/service-kit';
import { z } from 'zod';

const Item = z.strictObject({
  sku: z.string().min(1).max(40),
  name: z.string().min(1).max(80),
  qty: z.int().min(1).max(1000),
  unitPrice: z.int().min(0).max(1_000_000_000),
});

const PlaceOrder = z.strictObject({
  customerId: z.string().min(1).max(64),
  currency: z.string().regex(/^[A-Z]{3}$/),
  note: z.string().max(200).optional(),
  items: z.array(Item).min(1).max(100),
});

const computed = { number: z.string(), status: z.enum(['pending', 'paid', 'shipped', 'cancelled']), total: z.int() };

const Order = z.object({ id: Id, ...resourceFields, ...PlaceOrder.shape, ...computed });
type Order = z.infer<typeof Order>;

const OrderDocument = Entity.extend({ ...PlaceOrder.shape, ...computed });
type OrderDocument = z.infer<typeof OrderDocument>;

const orders = defineCollection('orders', OrderDocument, {
  tenancy: 'tenant',
  indexes: { newest: { fields: ['createdAt', '_id'] } },
});

const toNumber = (id: string): string => `ORD-${id.slice(-8)}`;

const toOrder = defineMapper<OrderDocument, Order>({
  ...entityFields,
  number: 'number',
  customerId: 'customerId',
  status: 'status',
  currency: 'currency',
  note: 'note',
  items: 'items',
  total: 'total',
});

const permissions = definePermissions('orders', {
  'orders:read': { title: 'View orders', roles: ['owner', 'member', 'viewer'] },
  'orders:write': { title: 'Place orders', roles: ['owner', 'member'] },
});

const ordersEvents = defineEvents('orders', {
  aggregate: { orderId: Id },
  events: { orderPlaced: { total: z.int() } },
});

const contract = defineContract('orders', {
  permissions,
  routes: {
    placeOrder: defineRoute({
      method: 'POST',
      path: '/v1/orders',
      summary: 'Place an order',
      auth: { policy: 'orders:write' },
      // The peers have no idempotency keys, and the load sends none.
      idempotency: 'optional',
      body: PlaceOrder,
      responses: { 201: Order },
    }),
    listOrders: defineRoute({
      method: 'GET',
      path: '/v1/orders',
      summary: 'List orders',
      auth: { policy: 'orders:read' },
      query: defineListQuery({ item: Order, filters: {}, ranges: {}, combinations: [{ sort: ['-createdAt'] }] }),
      responses: { 200: definePage(Order) },
    }),
    getOrder: defineRoute({
      method: 'GET',
      path: '/v1/orders/:id',
      summary: 'Get an order',
      auth: { policy: 'orders:read' },
      params: z.object({ id: Id }),
      responses: { 200: Order },
    }),
  },
});

type Service = ServiceOf<typeof contract>;
type Deps<K extends 'insert' | 'list' | 'get'> = { readonly orders: Collection<OrderDocument, K> };
type PlaceDeps = Deps<'insert'> & { readonly events: Events; readonly ids: Ids };

const sumItems = (items: OrderDocument['items']): number =>
  items.reduce((total, { qty, unitPrice }) => total + qty * unitPrice, 0);

const placeOrder =
  ({ orders, events, ids }: PlaceDeps): Service['placeOrder'] =>
  async ({ body }, ctx) => {
    const total = sumItems(body.items);
    const order = orders.for(ctx).insert({ ...body, number: toNumber(ids.next()), total, status: 'pending' });
    events.emit(ctx, ordersEvents.orderPlaced, { orderId: order._id, total });
    return toOrder(order);
  };

const listOrders =
  ({ orders }: Deps<'list'>): Service['listOrders'] =>
  async ({ query: { where, sort, limit, cursor } }, ctx) =>
    orders.for(ctx).list({ where, sort, limit, cursor }, toOrder);

const getOrder =
  ({ orders }: Deps<'get'>): Service['getOrder'] =>
  async ({ id }, ctx) =>
    toOrder(await orders.for(ctx).get(id));

export const ordersModule = defineModule({
  name: 'orders',
  contracts: [contract],
  events: [ordersEvents],
  collections: { orders },
  actions: { placeOrder, listOrders, getOrder },
});
