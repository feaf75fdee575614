import {
  type CreatePricingRule,
  createProductInput,
  createRuleInput,
  placeOrderInput,
} from '@plinth/actions/orders/testing';
import { openTestDatastore } from '@plinth/mongo/testing';
import { type CallOptions, type CoverOptions, type TestResponse, useModule } from '@plinth/service-kit/testing';
import { ordersModule } from '../src/module.ts';

type Reference = { readonly id: string };

/** Opens the orders service on a separate database. With `covers`, every response that the operation declares needs a test. */
export const useOrders = (covers?: string, { unreachable }: Pick<CoverOptions, 'unreachable'> = {}) => {
  const service = useModule({ module: ordersModule, openDatastore: openTestDatastore, covers, unreachable });
  return {
    service,
    /** Creates a tenant with a shop. Its owner sends the requests, unless `as` names another caller. */
    createShop: async () => {
      const tenant = await service.createTenant();
      const { call } = tenant;
      /** Creates a product and returns it. */
      const addProduct = async (overrides: Parameters<typeof createProductInput>[0] = {}) =>
        (await call('createProduct', { body: createProductInput(overrides) })).body;
      /** Creates a pricing rule, by default 10 % off each order, and returns it. */
      const addRule = async (body: CreatePricingRule = createRuleInput()) =>
        (await call('createPricingRule', { body })).body;
      const place = (
        items: Parameters<typeof placeOrderInput>[0],
        { overrides, ...options }: CallOptions & { readonly overrides?: object } = {},
      ) => call('placeOrder', { body: { ...placeOrderInput(items), ...overrides } }, options);
      /** Sends a change of an order. */
      const change = (
        operation: string,
        { id }: Reference,
        body?: object,
        options?: CallOptions,
      ): Promise<TestResponse> => call(operation, { id, body }, options);
      return {
        ...tenant,
        addProduct,
        addRule,
        place,
        change,
        /** Creates a product with a stock of 40, and an order of three for 12.50 euros each. */
        addOrder: async () => {
          const product = await addProduct({ stock: 40 });
          return { product, order: (await place([[product, 3]])).body };
        },
        addPaidOrder: async () => {
          const product = await addProduct({ stock: 40 });
          const order = (await place([[product, 3]])).body;
          return { product, order: (await change('markOrderPaid', order)).body };
        },
        getUses: async ({ id }: Reference): Promise<number> => (await call('getVoucherUses', { id })).body.uses,
        /** Changes the note of an order. */
        changeNote: ({ id, version }: Reference & { readonly version: number }): Promise<TestResponse> =>
          call('updateOrder', { id, version, body: { note: `After version ${version}` } }),
        getStock: async ({ id }: Reference): Promise<number> => (await call('getProduct', { id })).body.stock,
        getOrder: async ({ id }: Reference) => (await call('getOrder', { id })).body,
        /** Returns the names of the events of the tenant. */
        listEvents: async (): Promise<string[]> => {
          const rows = await service.datastore.raw('orders', 'journal').all();
          return rows
            .filter((row) => row['tenantId'] === tenant.tenantId)
            .flatMap((row) => (row['events'] as { name: string }[]).map(({ name }) => name));
        },
      };
    },
  };
};

export type Shop = Awaited<ReturnType<ReturnType<typeof useOrders>['createShop']>>;
