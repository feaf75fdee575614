import { nodeCommand, startChild } from '@plinth/testing/process';
import type { Cluster } from './cluster.ts';
import type { Effect, OrderState, StoredEvent, World } from './invariants.ts';
import { consumers } from './ledger.ts';
import { stockAtStart } from './writers.ts';

const audit = new URL('../../../svc-audit/src/audit.ts', import.meta.url);
/** Their commits are audited, and the last two have consumers of events. */
const audited = ['users', 'orders', 'ledger'];

type Stored = Awaited<ReturnType<ReturnType<Cluster['raw']['collection']>['all']>>[number];

const createReader = ({ raw, settings }: Cluster) => {
  const read = (module: string, collection: string): Promise<Stored[]> =>
    raw.collection(`${settings.MONGODB_DATABASE_PREFIX}${module}`, collection).all();
  return {
    read,
    /** Returns the rows in the order of their commits. */
    readJournal: async (module: string): Promise<Stored[]> =>
      (await read(module, 'journal')).toSorted((one, other) => one['storedAt'].compare(other['storedAt'])),
  };
};

const toPaid = (name: string, payload: Record<string, { amount: number }>): number => {
  const { paid, refunded, amount } = payload;
  if (name === 'orders.order-paid') return paid?.amount ?? 0;
  return -(refunded ?? amount ?? { amount: 0 }).amount;
};

const toEvents = (rows: readonly Stored[]): StoredEvent[] =>
  rows
    .flatMap((row) => row['events'] as { id: string; name: string; aggregateId: string; payload: never }[])
    .filter(({ name }) => name.startsWith('orders.order-'))
    .map(({ id, name, aggregateId: orderId, payload }) => ({ id, name, orderId, paid: toPaid(name, payload) }));

/** Returns how many messages and audit events are still to come. */
export const countPending = async (cluster: Cluster): Promise<number> => {
  const { read } = createReader(cluster);
  const messages = await Promise.all(['orders', 'ledger'].map((module) => read(module, 'inbox')));
  const journals = await Promise.all(audited.map((module) => read(module, 'journal')));
  const ready = messages.flat().filter(({ state }) => state === 'ready').length;
  const missing = Object.keys(consumers).length * toEvents(journals[1] ?? []).length - (messages[1]?.length ?? 0);
  const unaudited = journals.flat().length - (await read('audit', 'auditEvents')).length;
  return ready + Math.max(missing, 0) + Math.max(unaudited, 0);
};

const toOrder = (order: Stored): OrderState => ({
  id: String(order['_id']),
  status: order['status'],
  paid: order['paidAmount'],
  refunded: order['refundedAmount'],
  lines: order['lines'].map(({ productId, quantity }: OrderState['lines'][number]) => ({ productId, quantity })),
});

/** Runs `npm run audit -- verify`. Returns the lines that name a fault. */
const verifyAudit = async ({ settings }: Cluster): Promise<string[]> => {
  const child = startChild(nodeCommand(audit, 'verify'), { env: settings });
  const [code] = await child.exited;
  return code === 0 ? [] : child.combinedOutput().trim().split('\n');
};

/** Reads what is stored when all is at rest. */
export const readWorld = async (cluster: Cluster, acknowledged: readonly OrderState[]): Promise<World> => {
  const { read, readJournal } = createReader(cluster);
  const [users, orders, ledger] = await Promise.all(audited.map(readJournal));
  const messages = [...(await read('orders', 'inbox')), ...(await read('ledger', 'inbox'))];
  return {
    acknowledged,
    orders: (await read('orders', 'orders')).map(toOrder),
    products: (await read('orders', 'products')).map(({ _id, stock }) => ({ id: String(_id), stock })),
    stockAtStart,
    events: toEvents(orders ?? []),
    // The rows of the journal have the order of the commits.
    effects: (ledger ?? []).flatMap((row) => row['changes'].map(({ after }: { after: Effect }) => after)),
    consumers,
    journal: [users, orders, ledger].flatMap((rows = []) => rows.map(({ _id }) => String(_id))),
    auditEvents: (await read('audit', 'auditEvents')).map(({ _id }) => String(_id)),
    auditFaults: await verifyAudit(cluster),
    unhandled: messages
      // Jobs of orders that stay unpaid are delayed for days.
      .filter(({ state }) => state === 'ready' || state === 'dead')
      .map(({ _id, state }) => ({ id: String(_id), state: String(state) })),
  };
};
