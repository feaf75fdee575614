import { operationChunks, operations } from '@plinth/data-kit';
import {
  erasedCustomers,
  fulfilments,
  type OrderDocument,
  orders,
  ordersHistory,
  pricingRules,
  products,
  ruleSets,
  stockMovements,
  vouchers,
} from '@plinth/models/orders';
import { fakeTenant } from '@plinth/testing';
import * as consumers from '../consumers/index.ts';
import * as actions from '../index.ts';
import { type CreatePricingRule, createProductInput, createRuleInput, placeOrderInput } from '../testing/index.ts';

type Order = { readonly id: string; readonly version: number };
type Reference = { readonly id: string };

const collections = {
  erasedCustomers,
  fulfilments,
  operationChunks,
  operations,
  orders,
  ordersHistory,
  pricingRules,
  products,
  ruleSets,
  stockMovements,
  vouchers,
};

/**
 * Creates a shop on the fake database. Operations and consumers run as in a host, by default with the context of the owner.
 * @param ordered fields of every order that is placed.
 */
export const createShop = (ordered: Parameters<typeof placeOrderInput>[1] = {}) => {
  const tenant = fakeTenant(collections, { ...actions, ...consumers });
  const { db, run } = tenant;
  const createProduct = (overrides: Parameters<typeof createProductInput>[0] = {}) =>
    run.createProduct({ body: createProductInput(overrides) });
  const placeOrder = (...[items, overrides]: Parameters<typeof placeOrderInput>) =>
    run.placeOrder({ body: placeOrderInput(items, { ...ordered, ...overrides }) });
  return {
    ...tenant,
    createProduct,
    placeOrder,
    createRule: (body: CreatePricingRule = createRuleInput()) => run.createPricingRule({ body }),
    /** Returns the stored uses of a voucher. */
    getUses: ({ id }: Reference) => db.vouchers.all().find(({ ruleId }) => ruleId === id)?.uses,
    storedRule: ({ id }: Reference) => db.pricingRules.all().find(({ _id }) => _id === id),
    /** Creates a product with a stock of 40 and places an order of some. */
    orderOne: async (quantity = 3) => {
      const product = await createProduct({ stock: 40 });
      return { product, order: await placeOrder([[product, quantity]]) };
    },
    /** Returns the order as it is, or as it was. */
    get: ({ id }: Reference, asOf?: Date) => run.getOrder({ id, query: { asOf } }),
    listHistory: ({ id }: Reference, page: { limit?: number; cursor?: string } = {}, ctx = tenant.owner) => {
      const query = {
        where: {},
        sort: '-createdAt',
        limit: 100,
        cursor: undefined,
        fields: undefined,
        ...page,
      } as const;
      return run.listOrderHistory({ id, query }, ctx);
    },
    pay: ({ id }: Reference) => run.markOrderPaid({ id }),
    cancel: ({ id }: Reference) => run.cancelOrder({ id }),
    deliver: ({ id }: Reference) => run.deliverOrder({ id }),
    /** Ships all, or a number of each product. */
    ship: ({ id }: Reference, ...items: readonly (readonly [Reference, number])[]) =>
      run.shipOrder({ id, body: items.length === 0 ? {} : { lines: placeOrderInput(items).lines } }),
    refund: ({ id }: Reference, amount?: number) =>
      run.refundOrder({ id, body: amount === undefined ? {} : { amount: { amount, currency: 'EUR' } } }),
    update: ({ id, version }: Order, body: Parameters<typeof run.updateOrder>[0]['body']) =>
      run.updateOrder({ id, version: [version], body }),
    stored: ({ id }: Reference) => db.products.all().find(({ _id }) => _id === id),
    storedOrder: ({ id }: Reference) => db.orders.all().find(({ _id }) => _id === id),
    getStock: ({ id }: Reference) => db.products.all().find(({ _id }) => _id === id)?.stock,
  };
};

export type Shop = ReturnType<typeof createShop>;
type Prepared = Awaited<ReturnType<Shop['orderOne']>>;

/** Creates an order in each status, with its product of which three of forty were ordered for 12.50 euros each. */
export const prepareOrder: Readonly<Record<OrderDocument['status'], (shop: Shop) => Promise<Prepared>>> = {
  placed: (shop: Shop) => shop.orderOne(),
  paid: async (shop: Shop) => {
    const { product, order } = await shop.orderOne();
    return { product, order: await shop.pay(order) };
  },
  'partly-shipped': async (shop: Shop) => {
    const { product, order } = await prepareOrder.paid(shop);
    return { product, order: await shop.ship(order, [product, 1]) };
  },
  shipped: async (shop: Shop) => {
    const { product, order } = await prepareOrder.paid(shop);
    return { product, order: await shop.ship(order) };
  },
  delivered: async (shop: Shop) => {
    const { product, order } = await prepareOrder.shipped(shop);
    return { product, order: await shop.deliver(order) };
  },
  cancelled: async (shop: Shop) => {
    const { product, order } = await shop.orderOne();
    return { product, order: await shop.cancel(order) };
  },
  refunded: async (shop: Shop) => {
    const { product, order } = await prepareOrder.paid(shop);
    return { product, order: await shop.refund(order) };
  },
};

export const statuses = Object.keys(prepareOrder) as OrderDocument['status'][];
