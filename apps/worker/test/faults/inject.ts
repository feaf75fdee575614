import { setTimeout as sleep } from 'node:timers/promises';
import { sendRedisCommand } from '@plinth/dev-databases';
import { createRandom } from '@plinth/testing';
import type { Cluster } from './cluster.ts';
import type { Supervised } from './supervised.ts';

/** How often each part fails. */
export type Faults = {
  /** The faults are spread over this time at random. Those that take longer than half as much again are left out. */
  readonly durationMs: number;
  /** Kills of platforms. */
  readonly platforms: number;
  /** Kills of workers, half of them of the one that holds the lease of the relay of orders. */
  readonly workers: number;
  readonly primaries: number;
  readonly redis: number;
  readonly networks: number;
};

type Random = () => number;
type Fault = { readonly name: string; readonly inject: (cluster: Cluster, random: Random) => Promise<unknown> };

const pick = <T>(list: readonly T[], random: Random): T => list[random() % list.length] as T;

const findRelay = async ({ raw, settings, workers: all }: Cluster): Promise<Supervised | undefined> => {
  const leases = await raw.collection(`${settings.MONGODB_DATABASE_PREFIX}orders`, 'leases').all();
  const holder = String(leases.find(({ _id }) => _id === 'relay')?.['holder']);
  return all.find(({ current }) => current && holder.endsWith(`:${current.pid}`));
};

const platforms: readonly Fault[] = [
  { name: 'kill -9 of a platform', inject: ({ apis }, random) => pick(apis, random).kill() },
];

const workers: readonly Fault[] = [
  { name: 'kill -9 of a worker', inject: ({ workers }, random) => pick(workers, random).kill() },
  {
    name: 'kill -9 of the relay',
    // Without a primary its holder is unknown.
    inject: async (cluster, random) =>
      ((await findRelay(cluster).catch(() => undefined)) ?? pick(cluster.workers, random)).kill(),
  },
];

const pausePrimary = async ({ replicaSet }: Cluster, ms: number): Promise<void> => {
  const { pid } = await replicaSet.getPrimary();
  process.kill(pid, 'SIGSTOP');
  await sleep(ms);
  process.kill(pid, 'SIGCONT');
};

const primaries: readonly Fault[] = [
  {
    name: 'kill -9 of the primary',
    inject: async ({ replicaSet }) => process.kill((await replicaSet.getPrimary()).pid, 'SIGKILL'),
  },
  // Longer than the election timeout of the replica set, and than the socket timeout of a connection.
  { name: 'the primary stopped for 4 s', inject: (cluster) => pausePrimary(cluster, 4000) },
  { name: 'the primary stopped for 10 s', inject: (cluster) => pausePrimary(cluster, 10_000) },
];

const redis: readonly Fault[] = [
  {
    name: 'Redis killed',
    inject: async ({ redis: server }, random) => {
      await server.kill();
      await sleep(random() % 3000);
      await server.restart();
    },
  },
  { name: 'Redis flushed', inject: ({ redis: server }) => sendRedisCommand(server.uri, 'FLUSHALL') },
];

const pauses: readonly { readonly name: string; readonly begin: (network: Cluster['network']) => unknown }[] = [
  { name: 'the network to Redis cut', begin: (network) => network.cut() },
  // Longer than a lock lasts, so that messages are taken over from workers which have them in hand.
  { name: 'the network to Redis slowed', begin: (network) => network.slow(700) },
  { name: 'the network to Redis frozen', begin: (network) => network.freeze() },
];

const networks: readonly Fault[] = pauses.map(({ name, begin }) => ({
  name,
  inject: async ({ network }, random) => {
    await begin(network);
    await sleep(1000 + (random() % 3000));
    await network.restore();
  },
}));

/** Injects faults of all kinds at once, each kind in turns. Returns how often each took place. */
export const injectFaults = async (
  cluster: Cluster,
  { durationMs, ...counts }: Faults,
  seed: number,
): Promise<Map<string, number>> => {
  const done = new Map<string, number>();
  const deadline = performance.now() + 1.5 * durationMs;
  const repeat = async (faults: readonly Fault[], count: number): Promise<void> => {
    const random = createRandom(seed + count);
    for (let index = 0; index < count && performance.now() < deadline; index += 1) {
      const { name, inject } = faults[index % faults.length] as Fault;
      await sleep(random() % Math.ceil((2 * durationMs) / count));
      await inject(cluster, random);
      done.set(name, (done.get(name) ?? 0) + 1);
    }
  };
  await Promise.all([
    repeat(platforms, counts.platforms),
    repeat(workers, counts.workers),
    repeat(primaries, counts.primaries),
    repeat(redis, counts.redis),
    repeat(networks, counts.networks),
  ]);
  await Promise.all([...cluster.apis, ...cluster.workers].map((supervised) => supervised.ready()));
  return done;
};
