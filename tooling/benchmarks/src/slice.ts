import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMicros, memoryMiB } from './proc.ts';
import { createExchanges, type Kind } from './requests.ts';
import { createOwner, type Lab, reader, type Server } from './servers.ts';
import { runArrivals, runClosedLoop } from './traffic.ts';

/** `load` is a number of connections, or of arrivals per second. */
export type Cell = { readonly kind: Kind; readonly load: number };

export type MeasureOptions = {
  readonly seconds: number;
  /** Connections that send each request after the last response, Poisson arrivals, or more connections than are served. */
  readonly traffic?: 'connections' | 'arrivals' | 'overload';
};

const probeEveryMs = 20;
/** Longer than requests may wait in the queue, so that the queue of an overload is full when counting starts. */
const warmUps = { connections: 0.25, arrivals: 0, overload: 1.5 };

/** Sends health checks to a server for some seconds. @returns the slowest response. */
const probeHealth = async ({ url }: Server, seconds: number): Promise<number> => {
  const endMs = performance.now() + seconds * 1000;
  let slowestMs = 0;
  while (performance.now() < endMs) {
    const startedAt = performance.now();
    const response = await fetch(`${url}/health`);
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`GET /health returned ${response.status}.`);
    slowestMs = Math.max(slowestMs, performance.now() - startedAt);
    await sleep(probeEveryMs);
  }
  return slowestMs;
};

/** Creates a function that loads a server for some seconds and measures it. */
export const createMeasure = (
  lab: Pick<Lab, 'mongodPid'>,
  server: Server,
  { seconds, traffic = 'connections' }: MeasureOptions,
) => {
  const { name, url, pid } = server;
  const isOverload = traffic === 'overload';
  const warmUpSeconds = warmUps[traffic];
  const sample = () => ({ at: performance.now(), server: cpuMicros(pid), mongod: cpuMicros(lab.mongodPid) });
  return async ({ kind, load }: Cell) => {
    const isRead = kind !== 'post';
    const user = isRead ? reader : createOwner();
    const headers = await server.createHeaders(user);
    const target = { url, headers, nextExchange: createExchanges(kind, server.readIds), seconds };
    const loading =
      traffic === 'arrivals'
        ? runArrivals({ ...target, perSecond: load })
        : runClosedLoop({ ...target, connections: load, warmUpSeconds, isRepeatable: isRead, mayReject: isOverload });
    const [before, { completed, rejected, p50Ms, p99Ms }, after, healthMs] = await Promise.all([
      sleep(warmUpSeconds * 1000).then(sample),
      loading,
      loading.then(sample),
      isOverload ? probeHealth(server, warmUpSeconds + seconds) : 0,
    ]);
    // An overloaded server may serve no request in a slice, which is a valid result.
    if (completed === 0 && !isOverload)
      throw new Error(`${name} completed no ${kind} in ${seconds} s. Use longer slices.`);
    const elapsedSeconds = (after.at - before.at) / 1000;
    return {
      perSecond: completed / elapsedSeconds,
      rejectedPerSecond: rejected / elapsedSeconds,
      /** CPU time for a request. */
      serverMicros: (after.server - before.server) / completed,
      mongodMicros: (after.mongod - before.mongod) / completed,
      p50Ms,
      p99Ms,
      /** The slowest response to `GET /health` during an overload. */
      healthMs,
      memoryMiB: memoryMiB(pid),
    };
  };
};

/** The costs and results of a server in a slice of time. */
export type Slice = Awaited<ReturnType<ReturnType<typeof createMeasure>>>;
