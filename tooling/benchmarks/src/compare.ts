import { createUsers } from '@plinth/load';
import { nowMs, runArrivals } from './arrivals.ts';
import { type LoopOptions, runClosedLoop } from './closed-loop.ts';
import { cpuMicros } from './proc.ts';
import { createExchanges, type Kind } from './requests.ts';
import { getUser, type Lab, type Server, writer } from './servers.ts';
import { median, percentile } from './statistics.ts';

/** Connections that send each request after the response to the last one, or Poisson arrivals at a rate. */
export type Load = { readonly connections: number } | { readonly perSecond: number };
export type Cell = { readonly kind: Kind; readonly load: Load };

/** The costs and results of a server in a slice of time. */
export type Slice = {
  readonly perSecond: number;
  /** CPU time of the server for a request, in microseconds. */
  readonly serverMicros: number;
  readonly mongodMicros: number;
  readonly rejected: number;
  /** NaN for connections, where a slow server also receives fewer requests. */
  readonly p50Ms: number;
  readonly p99Ms: number;
};

export type Row = Cell & {
  /** CPU time of the reference divided by that of the subject, for a request, within a round. */
  readonly ratio: { readonly median: number; readonly min: number; readonly max: number };
  readonly subject: Slice;
  readonly reference: Slice;
};

export type RunSlice = (server: Server, cell: Cell & { readonly seconds: number }) => Promise<Slice>;

/** Enough users for the PATCH requests that may be in flight. */
const usersToPatch = 200;

/** Creates a function that loads a server for some seconds and measures it. */
export const createSlices = (
  lab: Pick<Lab, 'mongodPid' | 'countStoredWrites'>,
  overload: Pick<LoopOptions, 'mayReject' | 'warmUpSeconds'> = {},
) => {
  const acknowledged = new Map<string, number>();
  const sample = ({ pid }: Server) => ({ at: nowMs(), server: cpuMicros(pid), mongod: cpuMicros(lab.mongodPid) });
  const run: RunSlice = async (server, { kind, load, seconds }) => {
    const { url, databasePrefix } = server;
    const headers = await server.createHeaders(getUser(kind));
    // Each slice updates new users: the requests that are cut off at its end leave unknown versions.
    const patched = async () => createUsers(url, { headers: await server.createHeaders(writer), count: usersToPatch });
    const ids = kind === 'patch' ? await patched() : server.readIds;
    const target = { url, headers, seconds, nextExchange: createExchanges(kind, ids) };
    let before = sample(server);
    const onStart = (): void => {
      before = sample(server);
    };
    const isRepeatable = kind === 'get' || kind === 'list';
    const result: { completed: number; rejected?: number; latenciesMs?: number[] } =
      'connections' in load
        ? await runClosedLoop({ ...target, ...load, isRepeatable, onStart, ...overload })
        : await runArrivals({ ...target, ...load });
    const after = sample(server);
    const { completed, rejected = 0, latenciesMs = [] } = result;
    // An overloaded server may serve no request in a slice, which is a valid result.
    if (completed === 0 && !overload.mayReject)
      throw new Error(`${server.name} completed no ${kind} in ${seconds} s. Use longer slices.`);
    if (getUser(kind) === writer) {
      acknowledged.set(databasePrefix, (acknowledged.get(databasePrefix) ?? 0) + completed);
    }
    return {
      perSecond: (completed * 1000) / (after.at - before.at),
      serverMicros: (after.server - before.server) / completed,
      mongodMicros: (after.mongod - before.mongod) / completed,
      rejected,
      p50Ms: percentile(latenciesMs, 0.5),
      p99Ms: percentile(latenciesMs, 0.99),
    };
  };
  /** @throws when a write that was acknowledged is not stored. */
  const assertStored = async (): Promise<void> => {
    for (const [databasePrefix, count] of acknowledged) {
      const stored = await lab.countStoredWrites(databasePrefix);
      if (stored < count) throw new Error(`${count} writes were acknowledged, ${stored} are stored.`);
    }
  };
  return { run, assertStored };
};

export type CompareOptions = {
  readonly cells: readonly Cell[];
  readonly rounds: number;
  readonly seconds: number;
  readonly log: (line: string) => void;
};

type Pair = { readonly subject: Server; readonly reference: Server };
type Measured = { readonly subject: Slice; readonly reference: Slice };

const medianSlice = (slices: readonly Slice[]): Slice => {
  const of = (figure: keyof Slice): number => median(slices.map((slice) => slice[figure]));
  return {
    perSecond: of('perSecond'),
    serverMicros: of('serverMicros'),
    mongodMicros: of('mongodMicros'),
    rejected: of('rejected'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
  };
};

/** Summarizes the rounds of a cell. Ratios are only taken within a round. */
export const toRow = (cell: Cell, rounds: readonly Measured[]): Row => {
  const ratios = rounds.map(({ subject, reference }) => reference.serverMicros / subject.serverMicros);
  return {
    ...cell,
    ratio: { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) },
    subject: medianSlice(rounds.map(({ subject }) => subject)),
    reference: medianSlice(rounds.map(({ reference }) => reference)),
  };
};

const names = ['subject', 'reference'] as const;

/**
 * Loads one server for a slice, then the other, round after round. The first one alternates, so that a busy machine affects
 * both alike. The slices before the first round are not counted: compilers finish in them.
 */
export const compare = async (run: RunSlice, { pair, ...options }: CompareOptions & { readonly pair: Pair }) => {
  const { cells, rounds, seconds, log } = options;
  const measured = cells.map((): Measured[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    log(round === 0 ? 'Warming up…' : `Round ${round} of ${rounds}`);
    for (const [index, cell] of cells.entries()) {
      const slices = new Map<string, Slice>();
      const order = (round + index) % 2 === 0 ? names : names.toReversed();
      for (const name of order) slices.set(name, await run(pair[name], { ...cell, seconds }));
      if (round > 0) measured[index]?.push(Object.fromEntries(slices) as Measured);
    }
  }
  return cells.map((cell, index) => toRow(cell, measured[index] ?? []));
};
