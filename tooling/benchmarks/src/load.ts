// The process that makes the load: one slice for each order that it gets from the benchmark.
import { setTimeout as sleep } from 'node:timers/promises';
import { createBook } from './book.ts';
import { type Connection, openConnection } from './connection.ts';
import { datasetOf, makeUsers } from './data.ts';
import { createExchange, type Exchange } from './exchange.ts';
import { watchHealth } from './health.ts';
import type { Cell } from './kinds.ts';
import { type Loop, startClosedLoop, startOpenLoop } from './loops.ts';
import { nowMs } from './now.ts';
import { cpuMicros, memoryBytes } from './proc.ts';
import type { Headers } from './requests.ts';
import { percentile } from './statistics.ts';
import { createWorkloads } from './workloads.ts';

/** One slice of load, given to this process as a message. */
export type Order = Cell & {
  readonly url: string;
  readonly headers: Headers;
  readonly sliceMs: number;
  /** What the moments of arrivals follow from. */
  readonly seed: number;
  readonly serverPid: number;
  readonly mongodPid: number | undefined;
  /** Of an overload: so many connections are kept, refusals are counted, and the server's health is asked for meanwhile. */
  readonly overload?: { readonly connections: number };
};

/** What a slice showed. Times are those of the slice only: neither its lead-in nor its end belongs to it. */
export type Observed = {
  readonly requests: number;
  /** Right answers in all, those of lead-in and end included. */
  readonly answers: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly serverMicros: number;
  readonly mongodMicros: number;
  /** The CPU time of this process. */
  readonly loadMicros: number;
  readonly refused: number;
  /** How long the slowest answer took that told of the server's health; none where it was not asked for. */
  readonly healthMs: number | undefined;
  /** The memory of the server at the end, in bytes. */
  readonly serverBytes: number;
};

/** The answer to an order: what the slice showed, or why it shows nothing. */
export type Reply = { readonly observed: Observed } | { readonly failure: string };

/** Connections are opened and pools are filled before the slice begins. */
const leadMs = 250;

/** An overload is at its height when those who wait have waited as long as they may. */
const overloadLeadMs = 2000;

/** Under overload nobody waits for a connection, and to the millisecond it makes no difference when a request comes. */
const overloading = { waits: false, bundleMs: 1 } as const;

/** So many requests of an open loop are under way at most; those beyond wait, and their latency counts. */
const openConnections = 64;

const workloads = createWorkloads(datasetOf(makeUsers()));

const observe = ({ serverPid, mongodPid }: Order) => ({
  at: nowMs(),
  server: cpuMicros(serverPid),
  mongod: mongodPid === undefined ? Number.NaN : cpuMicros(mongodPid),
  load: cpuMicros(process.pid),
});

const start = (
  connections: readonly Connection[],
  exchange: Exchange,
  { load, seed, overload }: Order,
): Loop | Promise<Loop> =>
  'connections' in load
    ? startClosedLoop(connections, exchange)
    : startOpenLoop(connections, { exchange, perSecond: load.perSecond, seed, ...(overload && overloading) });

const serve = async (order: Order): Promise<Observed> => {
  const { url, headers, kind, load, sliceMs, overload } = order;
  const count = 'connections' in load ? load.connections : (overload?.connections ?? openConnections);
  const connections = await Promise.all(Array.from({ length: count }, () => openConnection(url)));
  const book = createBook();
  try {
    const mayRefuse = overload !== undefined;
    const exchange = createExchange({ url, headers, workload: workloads[kind], book, mayRefuse });
    const health = mayRefuse ? await watchHealth(url) : undefined;
    const loop = await start(connections, exchange, order);
    await sleep(mayRefuse ? overloadLeadMs : leadMs);
    const from = observe(order);
    await sleep(sliceMs);
    const to = observe(order);
    const serverBytes = memoryBytes(order.serverPid);
    const healthMs = await health?.stop();
    await loop.stop();
    const { requests, latenciesMs, refused } = book.accountOf({ fromMs: from.at, toMs: to.at });
    return {
      requests,
      answers: book.size(),
      seconds: (to.at - from.at) / 1000,
      p50Ms: percentile(latenciesMs, 0.5),
      p99Ms: percentile(latenciesMs, 0.99),
      serverMicros: to.server - from.server,
      mongodMicros: to.mongod - from.mongod,
      loadMicros: to.load - from.load,
      refused,
      healthMs,
      serverBytes,
    };
  } finally {
    for (const connection of connections) connection.close();
  }
};

const replyTo = (order: Order): Promise<Reply> =>
  serve(order).then(
    (observed) => ({ observed }),
    (cause: unknown) => ({ failure: cause instanceof Error ? cause.message : String(cause) }),
  );

process.on('message', (order: Order) => {
  void replyTo(order).then((reply) => process.send?.(reply));
});
