import { setTimeout as sleep } from 'node:timers/promises';
import { createSlices, type RunSlice, type Slice } from './compare.ts';
import type { ModeOptions } from './modes.ts';
import { residentBytes } from './proc.ts';
import { digits, toTable } from './report.ts';
import { type Kind, titles } from './requests.ts';
import type { Lab, Server } from './servers.ts';
import { median } from './statistics.ts';

/** The throughput at the peak and with more clients, of one round. */
export type Overload = {
  readonly kind: Kind;
  readonly clients: number;
  readonly peakPerSecond: number;
  readonly perSecond: number;
  readonly rejectedPerSecond: number;
  /** The slowest response to `GET /health` during the overload. */
  readonly healthMs: number;
  readonly peakBytes: number;
  readonly bytes: number;
};

/** The number of requests that the platform serves concurrently. */
const peakClients = 256;
const probeEveryMs = 20;

/** The warm-up is longer than requests may wait in the queue, so that the queue is full when counting starts. */
export const overloadSlices = { mayReject: true, warmUpSeconds: 1.5 } as const;

/** Sends health checks to a server until the work is done. */
const probeHealth = async <T>({ url }: Server, work: Promise<T>): Promise<{ result: T; healthMs: number }> => {
  let isDone = false;
  let healthMs = 0;
  const probe = async (): Promise<void> => {
    while (!isDone) {
      const startedAt = performance.now();
      const response = await fetch(`${url}/health`);
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`GET /health returned ${response.status}.`);
      healthMs = Math.max(healthMs, performance.now() - startedAt);
      await sleep(probeEveryMs);
    }
  };
  const [result] = await Promise.all([work.finally(() => (isDone = true)), probe()]);
  return { result, healthMs };
};

/** Measures the peak and the overloads of a server alternately in each round. */
export async function* measureOverloads(
  { run, server }: { readonly run: RunSlice; readonly server: Server },
  { kinds, loads, rounds, seconds, log }: ModeOptions,
): AsyncGenerator<Overload> {
  const load = (kind: Kind, connections: number): Promise<Slice> =>
    run(server, { kind, load: { connections }, seconds });
  for (const kind of kinds) await load(kind, peakClients);
  for (let round = 1; round <= rounds; round += 1) {
    log(`Round ${round} of ${rounds}`);
    for (const kind of kinds) {
      const peak = await load(kind, peakClients);
      const peakBytes = residentBytes(server.pid);
      for (const clients of loads) {
        const { result, healthMs } = await probeHealth(server, load(kind, clients));
        yield {
          kind,
          clients,
          peakPerSecond: peak.perSecond,
          perSecond: result.perSecond,
          rejectedPerSecond: result.rejected / seconds,
          healthMs,
          peakBytes,
          bytes: residentBytes(server.pid),
        };
      }
    }
  }
}

const toCells = (overloads: readonly [Overload, ...Overload[]]): string[] => {
  const [{ kind, clients }] = overloads;
  const collect = (figure: (overload: Overload) => number): number[] => overloads.map(figure);
  const shares = collect(({ perSecond, peakPerSecond }) => perSecond / peakPerSecond);
  return [
    titles[kind],
    String(clients),
    digits(median(collect((overload) => overload.peakPerSecond)), 0),
    digits(median(collect((overload) => overload.perSecond)), 0),
    digits(median(shares), 2),
    digits(median(collect((overload) => overload.rejectedPerSecond)), 0),
    digits(Math.max(...collect((overload) => overload.healthMs)), 0),
    `${digits(Math.max(...collect(({ peakBytes }) => peakBytes)) / 2 ** 20, 0)} / ${digits(Math.max(...collect(({ bytes }) => bytes)) / 2 ** 20, 0)}`,
  ];
};

const head = ['request', 'clients', 'peak/s', 'served/s', 'of peak', 'rejected/s', 'health ms', 'memory MiB'];

/** Sends more requests than the platform can serve. @returns a table of the results. */
export const runOverload = async (lab: Lab, options: ModeOptions): Promise<string> => {
  const server = await lab.startPlatformServer({ name: 'platform' });
  const { run, assertStored } = createSlices(lab, overloadSlices);
  const overloads: Overload[] = [];
  for await (const overload of measureOverloads({ run, server }, options)) overloads.push(overload);
  await assertStored();
  const groups = Map.groupBy(overloads, ({ kind, clients }) => `${kind} ${clients}`).values();
  return toTable([head, ...[...groups].map((group) => toCells(group as [Overload, ...Overload[]]))]);
};
