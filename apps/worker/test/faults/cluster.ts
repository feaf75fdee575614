import { randomBytes } from 'node:crypto';
import { generateSigningKey } from '@plinth/auth';
import { createTestIssuer, type Issuer } from '@plinth/auth/testing';
import { startReplicaSet, startTestDatabase } from '@plinth/dev-databases';
import { openRaw } from '@plinth/mongo/testing';
import { createPrincipal, createStoredUser, openTcpProxy } from '@plinth/testing';
import {
  type Child,
  createServiceSettings,
  nodeCommand,
  type Service,
  startChild,
  startService,
  unlimitedRateLimits,
} from '@plinth/testing/process';
import { type Supervised, supervise } from './supervised.ts';

const platform = new URL('../../../platform/src/main.ts', import.meta.url);
const worker = new URL('./worker-process.ts', import.meta.url);

/** Their logs are kept for a failure. */
const outputCharsMin = 20_000;

export type ClusterSize = { readonly apis: number; readonly workers: number; readonly tenants: number };

type Owner = ReturnType<typeof createPrincipal>;

/** The product on databases of its own: platforms and workers as processes, a replica set of three nodes, and Redis. */
export type Cluster = {
  readonly replicaSet: Awaited<ReturnType<typeof startReplicaSet>>;
  readonly redis: Awaited<ReturnType<typeof startTestDatabase>>;
  /** Between workers and Redis. */
  readonly network: Awaited<ReturnType<typeof openTcpProxy>>;
  readonly raw: ReturnType<typeof openRaw>;
  readonly settings: ReturnType<typeof createServiceSettings> & { readonly AUDIT_SIGNING_KEY: string };
  readonly apis: readonly Supervised<Service>[];
  readonly workers: readonly Supervised[];
  /** The owner of each tenant. */
  readonly owners: readonly Owner[];
  readonly issuer: Issuer;
  close(): Promise<void>;
};

const startWorker = async (env: Record<string, string>): Promise<Child> => {
  const child = startChild(nodeCommand(worker), { env, outputCharsMin });
  await child.request();
  return child;
};

const createAll = <T>(count: number, create: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, create));

export const startCluster = async ({ apis, workers, tenants }: ClusterSize): Promise<Cluster> => {
  const [replicaSet, redis, issuer, signingKey] = await Promise.all([
    startReplicaSet(),
    startTestDatabase('redis'),
    createTestIssuer(),
    generateSigningKey(),
  ]);
  const network = await openTcpProxy(new URL(redis.uri));
  const raw = openRaw(replicaSet.uri);
  const settings = {
    ...createServiceSettings(),
    MONGODB_URI: replicaSet.uri,
    REDIS_URL: redis.uri,
    REDIS_KEY_PREFIX: `t${randomBytes(6).toString('hex')}_`,
    AUDIT_SIGNING_KEY: JSON.stringify(signingKey),
  };
  const apiSettings = { ...settings, ...issuer.settings, ...unlimitedRateLimits, NODE_ENV: 'development' };
  const workerSettings = { ...settings, REDIS_URL: `redis://127.0.0.1:${network.port}` };
  const [startedApis, startedWorkers] = await Promise.all([
    createAll(apis, () => supervise(() => startService(platform, apiSettings, { outputCharsMin }))),
    createAll(workers, () => supervise(() => startWorker(workerSettings))),
  ]);
  const owners = Array.from({ length: tenants }, () => createPrincipal());
  const users = raw.collection(`${settings.MONGODB_DATABASE_PREFIX}users`, 'users');
  await users.insertMany(owners.map(({ id, tenantId }) => createStoredUser({ id, tenantId, role: 'owner' })));
  return {
    replicaSet,
    redis,
    network,
    raw,
    settings,
    apis: startedApis,
    workers: startedWorkers,
    owners,
    issuer,
    close: async () => {
      await Promise.all([...startedApis, ...startedWorkers].map((supervised) => supervised.end()));
      await raw.close();
      await network.close();
      await Promise.all([redis.close(), replicaSet.close()]);
    },
  };
};
