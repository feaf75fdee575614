import { isDeepStrictEqual } from 'node:util';

/** An order as the last response had it, or as it is stored. */
export type OrderState = {
  readonly id: string;
  readonly status: string;
  readonly paid: number;
  readonly refunded: number;
  readonly lines: readonly { readonly productId: string; readonly quantity: number }[];
};

export type StoredEvent = {
  readonly id: string;
  readonly name: string;
  readonly orderId: string;
  /** The money that the customer has paid by it; negative for a refund. */
  readonly paid: number;
};

export type Effect = { readonly consumer: string; readonly eventId: string; readonly orderId: string };

/** The data of the product at rest, and what its clients know of it. Events, effects and journal rows are in the order of their commits. */
export type World = {
  /** By the responses that writers have received. */
  readonly acknowledged: readonly OrderState[];
  readonly orders: readonly OrderState[];
  readonly products: readonly { readonly id: string; readonly stock: number }[];
  /** The stock of each product before the first order. */
  readonly stockAtStart: number;
  readonly events: readonly StoredEvent[];
  readonly effects: readonly Effect[];
  /** Those that handle events, and whether they receive those of an order in their sequence. */
  readonly consumers: Readonly<Record<string, boolean>>;
  readonly journal: readonly string[];
  readonly auditEvents: readonly string[];
  /** The lines of `npm run audit -- verify` that name a fault. */
  readonly auditFaults: readonly string[];
  /** The messages that are still ready, or dead. */
  readonly unhandled: readonly { readonly id: string; readonly state: string }[];
};

type Check = (world: World) => Iterable<string>;

const countEach = (values: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
};

/** Names what is in a list more or less than once, and what should not be in it. */
function* compareEach(expected: readonly string[], found: readonly string[], noun: string): Iterable<string> {
  const counts = countEach(found);
  for (const id of expected) {
    const count = counts.get(id) ?? 0;
    if (count === 0) yield `${noun} ${id} is lost`;
    if (count > 1) yield `${noun} ${id} is there ${count} times`;
    counts.delete(id);
  }
  for (const id of counts.keys()) yield `${noun} ${id} has no origin`;
}

const acknowledgedWrites: Check = function* ({ acknowledged, orders }) {
  yield* compareEach(
    acknowledged.map(({ id }) => id),
    orders.map(({ id }) => id),
    'the order',
  );
  const stored = new Map(orders.map((order) => [order.id, order]));
  for (const order of acknowledged) {
    const found = stored.get(order.id);
    if (!found || isDeepStrictEqual(found, order)) continue;
    yield `the order ${order.id} is ${JSON.stringify(found)}, acknowledged was ${JSON.stringify(order)}`;
  }
};

const oneEffect: Check = function* ({ events, effects, consumers }) {
  for (const consumer of Object.keys(consumers)) {
    yield* compareEach(
      events.map(({ id }) => id),
      effects.filter((effect) => effect.consumer === consumer).map(({ eventId }) => eventId),
      `the effect at the consumer '${consumer}' of the event`,
    );
  }
};

const order: Check = function* ({ events, effects, consumers }) {
  const places = new Map(events.map(({ id }, index) => [id, index]));
  for (const [consumer] of Object.entries(consumers).filter(([, isOrdered]) => isOrdered)) {
    const last = new Map<string, Effect>();
    for (const effect of effects.filter((other) => other.consumer === consumer)) {
      const previous = last.get(effect.orderId);
      last.set(effect.orderId, effect);
      if (!previous || (places.get(previous.eventId) ?? 0) <= (places.get(effect.eventId) ?? 0)) continue;
      yield `the consumer '${consumer}' has handled the event ${previous.eventId} of the order ${effect.orderId} before ${effect.eventId}`;
    }
  }
};

const auditTrail: Check = function* ({ journal, auditEvents, auditFaults }) {
  yield* compareEach(journal, auditEvents, 'the audit event of the commit');
  yield* auditFaults;
};

/** The items of these orders are in the stock again. */
const returning = ['cancelled', 'refunded'];

const stock: Check = function* ({ orders, products, stockAtStart }) {
  const taken = new Map<string, number>();
  for (const { lines } of orders.filter(({ status }) => !returning.includes(status))) {
    for (const { productId, quantity } of lines) taken.set(productId, (taken.get(productId) ?? 0) + quantity);
  }
  for (const { id, stock: left } of products) {
    const expected = stockAtStart - (taken.get(id) ?? 0);
    if (left !== expected) yield `the product ${id} has a stock of ${left}, by its orders it should be ${expected}`;
  }
};

const money: Check = function* ({ orders, events }) {
  const byEvents = new Map<string, number>();
  for (const { orderId, paid } of events) byEvents.set(orderId, (byEvents.get(orderId) ?? 0) + paid);
  for (const { id, paid, refunded } of orders) {
    const expected = byEvents.get(id) ?? 0;
    if (paid - refunded !== expected) {
      yield `the order ${id} holds ${paid - refunded} of its customer, by its events it should be ${expected}`;
    }
  }
};

const handled: Check = function* ({ unhandled }) {
  for (const { id, state } of unhandled) yield `the message ${id} is ${state}`;
};

const checks = { acknowledgedWrites, oneEffect, order, auditTrail, stock, money, handled };

/** More lines of one kind say nothing new. */
const linesMax = 10;

/** Returns a line for each thing that is not as it should be, at most ten of each invariant. */
export const findBroken = (world: World): string[] =>
  Object.entries(checks).flatMap(([name, check]) => {
    const lines = [...check(world)].map((line) => `${name}: ${line}.`);
    const more = lines.length - linesMax;
    return more > 0 ? [...lines.slice(0, linesMax), `${name}: ${more} more.`] : lines;
  });
