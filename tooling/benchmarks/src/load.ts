// The process that makes the load: one slice for each order that it gets from the benchmark.
import { setTimeout as sleep } from 'node:timers/promises';
import autocannon from 'autocannon';
import { cpuMicros } from './proc.ts';
import { percentile } from './statistics.ts';

/** One slice of load, given to this process as a message. */
export type Order = {
  readonly url: string;
  /** Asked for in turn; each connection begins elsewhere. */
  readonly paths: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly sliceMs: number;
  readonly serverPid: number;
  readonly mongodPid: number | undefined;
};

/** What a slice showed. Times are those of the slice only: neither its lead-in nor its end belongs to it. */
export type Observed = {
  readonly requests: number;
  readonly failures: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly serverMicros: number;
  readonly mongodMicros: number;
};

/** Connections are opened and pools are filled before the slice begins. */
const leadMs = 250;
const requestsMax = 2_000_000;

const observe = ({ serverPid, mongodPid }: Order) => ({
  at: performance.now(),
  server: cpuMicros(serverPid),
  mongod: mongodPid === undefined ? Number.NaN : cpuMicros(mongodPid),
});

const rotated = <T>(items: readonly T[], by: number): T[] => [...items.slice(by), ...items.slice(0, by)];

const begin = ({ url, paths, headers, connections, sliceMs }: Order) => {
  const requests = paths.map((path) => ({ method: 'GET', path, headers }) as const);
  let opened = 0;
  return autocannon({
    url,
    connections,
    requests,
    // Only a limit: each slice is stopped.
    duration: (leadMs + sliceMs) / 1000 + 5,
    maxConnectionRequests: Math.ceil(requestsMax / connections),
    sampleInt: 20,
    setupClient: (client) => {
      client.setRequests(rotated(requests, Math.floor((opened * requests.length) / connections) % requests.length));
      opened += 1;
    },
  });
};

const serve = async (order: Order): Promise<Observed> => {
  const run = begin(order);
  let latencies: number[] = [];
  let failures = 0;
  run.on('response', (_client, status, _bytes, latencyMs) => {
    latencies.push(latencyMs);
    if (status !== 200) failures += 1;
  });
  run.on('reqError', () => {
    failures += 1;
  });
  await sleep(leadMs);
  latencies = [];
  const from = observe(order);
  await sleep(order.sliceMs);
  const to = observe(order);
  const seen = latencies;
  latencies = [];
  run.stop();
  await run;
  return {
    requests: seen.length,
    failures,
    seconds: (to.at - from.at) / 1000,
    p50Ms: percentile(seen, 0.5),
    p99Ms: percentile(seen, 0.99),
    serverMicros: to.server - from.server,
    mongodMicros: to.mongod - from.mongod,
  };
};

process.on('message', (order: Order) => {
  void serve(order).then((observed) => process.send?.(observed));
});
