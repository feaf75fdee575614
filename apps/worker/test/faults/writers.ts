import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '@plinth/testing';
import type { Cluster } from './cluster.ts';
import type { OrderState } from './invariants.ts';

export const stockAtStart = 1_000_000;
const productsOfTenant = 5;
const respondedWithinMs = 120_000;
const requestTimeoutMs = 20_000;
const pauseAfterFailureMs = 100;

type Owner = Cluster['owners'][number];
type Request = { readonly path: string; readonly key: string; readonly body?: object };
type Order = {
  readonly id: string;
  readonly status: string;
  readonly paid: { readonly amount: number };
  readonly refunded: { readonly amount: number };
  readonly lines: OrderState['lines'];
};

const toState = ({ id, status, paid, refunded, lines }: Order): OrderState => ({
  id,
  status,
  paid: paid.amount,
  refunded: refunded.amount,
  lines: lines.map(({ productId, quantity }) => ({ productId, quantity })),
});

/** Sends requests with keys as a client does: each again, to any platform, until its response is not a 5xx. */
const createClient = ({ apis, issuer }: Cluster, owner: Owner) => {
  let attempts = 0;
  const sendOnce = async ({ path, key, body }: Request): Promise<Response | undefined> => {
    attempts += 1;
    const url = apis[attempts % apis.length]?.current?.url;
    if (url === undefined) return undefined;
    const headers = {
      authorization: `Bearer ${await issuer.createToken(owner)}`,
      'idempotency-key': key,
      ...(body && { 'content-type': 'application/json' }),
    };
    const signal = AbortSignal.timeout(requestTimeoutMs);
    return fetch(`${url}${path}`, { method: 'POST', headers, signal, ...(body && { body: JSON.stringify(body) }) });
  };
  return async <T>(request: Request): Promise<T> => {
    const deadline = performance.now() + respondedWithinMs;
    let last = 'The connection broke.';
    while (performance.now() < deadline) {
      const response = await sendOnce(request).catch(() => undefined);
      const text = await response?.text().catch(() => undefined);
      if (response?.ok && text !== undefined) return JSON.parse(text) as T;
      if (text !== undefined) last = text;
      if (response && response.status < 500) break;
      await sleep(pauseAfterFailureMs);
    }
    throw new Error(`POST ${request.path} with the key '${request.key}' failed: ${last}`);
  };
};

/** The requests that follow the placement of an order: the end of their paths, and their bodies. */
const journeys: readonly (readonly (readonly [string, object?])[])[] = [
  [],
  [['cancellation']],
  [['payment']],
  [['payment'], ['cancellation']],
  [['payment'], ['refunds', { amount: { amount: 1, currency: 'EUR' } }]],
  [['payment'], ['refunds', { amount: { amount: 1, currency: 'EUR' } }], ['refunds', {}]],
];

const shippingAddress = { recipient: 'Ada', street: 'Main Street 1', city: 'London', country: 'GB' };

export type Writers = {
  /** Stops the writers after their current order. Resolves with the orders as the last responses had them. */
  stop(): Promise<OrderState[]>;
};

type WritersOptions = { readonly count: number; readonly pauseMs: number; readonly seed: number };

/** Starts writers that place orders one after the other, and pay, cancel or refund them. */
export const startWriters = async (cluster: Cluster, { count, pauseMs, seed }: WritersOptions): Promise<Writers> => {
  const acknowledged = new Map<string, OrderState>();
  let isStopping = false;
  const createProducts = (owner: Owner) => {
    const send = createClient(cluster, owner);
    const create = async (_: unknown, index: number): Promise<string> => {
      const body = { sku: `TEA-${index}`, name: 'Tea', price: { amount: 10, currency: 'EUR' }, stock: stockAtStart };
      return (await send<{ id: string }>({ path: '/v1/products', key: `product ${index}`, body })).id;
    };
    return Promise.all(Array.from({ length: productsOfTenant }, create));
  };
  const products = await Promise.all(cluster.owners.map(createProducts));
  const write = async (writer: number): Promise<void> => {
    const random = createRandom(seed + writer);
    const index = writer % cluster.owners.length;
    const send = createClient(cluster, cluster.owners[index] as Owner);
    const ids = products[index] ?? [];
    const acknowledge = async (request: Request): Promise<string> => {
      const order = toState(await send<Order>(request));
      acknowledged.set(order.id, order);
      return order.id;
    };
    for (let step = 0; !isStopping; step += 1) {
      const [first, distance] = [random() % ids.length, random() % ids.length];
      const chosen = new Set([first, (first + distance) % ids.length].map((place) => ids[place] ?? ''));
      const lines = [...chosen].map((productId) => ({ productId, quantity: 1 + (random() % 3) }));
      const body = { customer: { reference: `C-${writer}` }, lines, shippingAddress };
      const id = await acknowledge({ path: '/v1/orders', key: `order ${writer} ${step}`, body });
      for (const [name, next] of journeys[random() % journeys.length] ?? []) {
        const key = `${name} ${next ? Object.keys(next).length : ''} ${id}`;
        await acknowledge({ path: `/v1/orders/${id}/${name}`, key, ...(next && { body: next }) });
      }
      await sleep(random() % (2 * pauseMs));
    }
  };
  const running = Promise.all(Array.from({ length: count }, (_, writer) => write(writer)));
  // A writer that failed fails the test in `stop`, not as an unhandled rejection.
  running.catch(() => undefined);
  return {
    stop: async () => {
      isStopping = true;
      await running;
      return [...acknowledged.values()];
    },
  };
};
