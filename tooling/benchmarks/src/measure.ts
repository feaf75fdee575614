import { arriving, type Cell, type Kind } from './kinds.ts';
import type { Observed, Order, Reply } from './load.ts';
import type { Options } from './options.ts';
import type { Headers } from './requests.ts';
import { type Server, type ServerName, serverNames } from './servers.ts';
import type { Slice } from './summary.ts';

export type Measured = {
  readonly servers: Readonly<Record<ServerName, Server>>;
  /** The credential of the platform, or the tenant of the raw server. */
  readonly headersOf: (name: ServerName, kind: Kind) => Promise<Headers>;
  readonly load: (order: Order, name: ServerName) => Promise<Reply>;
  readonly mongodPid: number | undefined;
  readonly onRound: (round: number) => void;
};

type SliceOptions = Pick<Order, 'sliceMs' | 'seed' | 'overload'> & { readonly name: ServerName };

const warmUpMs = 1000;

/** What is measured in each round, one after the other. */
export const cellsOf = ({ reads, writes, connections, arrivals }: Options): Cell[] => [
  ...[...reads, ...writes].flatMap((kind) => connections.map((count) => ({ kind, load: { connections: count } }))),
  ...arrivals.flatMap((perSecond) => arriving.map((kind) => ({ kind, load: { perSecond } }))),
];

const loadOf = ({ load }: Cell): string =>
  'connections' in load ? `${load.connections} connections` : `${load.perSecond} arrivals a second`;

/** Loads one server for a slice of time. */
export const slice = async (cell: Cell, { name, ...options }: SliceOptions, measured: Measured): Promise<Observed> => {
  const { url, pid: serverPid } = measured.servers[name];
  const headers = await measured.headersOf(name, cell.kind);
  const { mongodPid } = measured;
  const reply = await measured.load({ ...cell, ...options, url, headers, serverPid, mongodPid }, name);
  const where = `'${cell.kind}' at ${loadOf(cell)} on ${name}`;
  if ('failure' in reply) throw new Error(`${where}: ${reply.failure} Nothing can be compared.`);
  if (reply.observed.requests === 0)
    throw new Error(`${where}: nothing was answered within a slice; take longer ones.`);
  return reply.observed;
};

/**
 * Lets the compilers of both servers finish before anything counts: for every number of connections, because a read that
 * is alone takes another way than those that share a command. The last, and usually the largest, is for arrivals too.
 */
const warmUp = async (options: Options, measured: Measured): Promise<void> => {
  const kinds = new Set(cellsOf(options).map((cell) => cell.kind));
  const cells = [...kinds].flatMap((kind) =>
    options.connections.map((connections) => ({ kind, load: { connections } })),
  );
  for (const cell of cells) {
    for (const name of serverNames) {
      await slice(cell, { name, sliceMs: Math.min(warmUpMs, options.sliceMs), seed: options.seed }, measured);
    }
  }
};

/**
 * Loads one server for a slice, then the other, round after round; who goes first changes with each slice (A B B A),
 * so that a busy neighbour, or what the one leaves behind for the other, hurts both alike. Within a round, requests
 * arrive at both at the same moments.
 */
export const measure = async (options: Options, measured: Measured): Promise<Slice[]> => {
  await warmUp(options, measured);
  const slices: Slice[] = [];
  const cells = cellsOf(options);
  let flip = false;
  for (let round = 1; round <= options.rounds; round += 1) {
    measured.onRound(round);
    const { sliceMs, seed } = options;
    for (const cell of cells) {
      for (const name of flip ? serverNames.toReversed() : serverNames) {
        const observed = await slice(cell, { name, sliceMs, seed: seed + round }, measured);
        slices.push({ ...cell, ...observed, round, name });
      }
      flip = !flip;
    }
    // With an even number of cells, the next round would begin each of them with the same server again.
    if (cells.length % 2 === 0) flip = !flip;
  }
  return slices;
};
