import type { Dataset } from './data.ts';
import type { Observed, Order } from './load.ts';
import type { Options, Read } from './options.ts';
import { type Server, type ServerName, serverNames } from './servers.ts';
import type { Slice } from './summary.ts';

export type Measured = {
  readonly servers: Readonly<Record<ServerName, Server>>;
  /** The credential of the platform, or the tenant of the raw server. */
  readonly headersOf: (name: ServerName) => Promise<Readonly<Record<string, string>>>;
  readonly load: (order: Order) => Promise<Observed>;
  readonly dataset: Dataset;
  readonly mongodPid: number | undefined;
  readonly onRound: (round: number) => void;
};

type Cell = { readonly read: Read; readonly connections: number };

const warmUpMs = 1200;
/** So many ids are asked for in turn. */
const idsMax = 500;

const pathsOf = (read: Read, { ids }: Dataset): string[] => {
  if (read === 'health') return ['/health'];
  return read === 'list' ? ['/v1/users?limit=20'] : ids.slice(0, idsMax).map((id) => `/v1/users/${id}`);
};

const slice = async (
  { read, connections }: Cell,
  { name, sliceMs, measured }: { name: ServerName; sliceMs: number; measured: Measured },
): Promise<Observed> => {
  const { url, pid } = measured.servers[name];
  const observed = await measured.load({
    url,
    connections,
    sliceMs,
    paths: pathsOf(read, measured.dataset),
    headers: read === 'health' ? {} : await measured.headersOf(name),
    serverPid: pid,
    mongodPid: measured.mongodPid,
  });
  if (observed.failures > 0 || observed.requests === 0) {
    const { failures, requests } = observed;
    throw new Error(`${failures} of ${requests} requests of '${read}' failed on ${name}; nothing can be compared.`);
  }
  return observed;
};

/** Lets the compilers of both servers finish before anything counts. */
const warmUp = async ({ reads, connections }: Options, measured: Measured): Promise<void> => {
  const most = Math.max(...connections);
  for (const read of reads) {
    for (const name of serverNames) await slice({ read, connections: most }, { name, sliceMs: warmUpMs, measured });
  }
};

/**
 * Loads one server for a slice, then the other, round after round; who goes first changes with each slice (A B B A),
 * so that a busy neighbour, or what the one leaves behind for the other, hurts both alike.
 */
export const measure = async (options: Options, measured: Measured): Promise<Slice[]> => {
  await warmUp(options, measured);
  const slices: Slice[] = [];
  const cells = options.reads.flatMap((read) => options.connections.map((connections) => ({ read, connections })));
  let flip = false;
  for (let round = 1; round <= options.rounds; round += 1) {
    measured.onRound(round);
    for (const cell of cells) {
      for (const name of flip ? serverNames.toReversed() : serverNames) {
        slices.push({ ...cell, round, name, ...(await slice(cell, { name, sliceMs: options.sliceMs, measured })) });
      }
      flip = !flip;
    }
    // With an even number of cells, the next round would begin each of them with the same server again.
    if (cells.length % 2 === 0) flip = !flip;
  }
  return slices;
};
