import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { assertSameWork } from './check.ts';
import { datasetOf, insertUsers, makeUsers, type StoredUser } from './data.ts';
import type { Observed } from './load.ts';
import { type Measured, measure } from './measure.ts';
import type { Options } from './options.ts';
import { choosePinning, pinMongod } from './pinning.ts';
import type { Processes } from './processes.ts';
import type { Conditions } from './report.ts';
import { databaseOf, type ServerName, serverNames, startServer } from './servers.ts';
import { type Row, summarize } from './summary.ts';
import { createTokens } from './tokens.ts';

export type Engines = { readonly mongodbUri: string; readonly redisUrl: string };

type Parts = Engines & {
  readonly options: Options;
  readonly processes: Processes;
  readonly log: (line: string) => void;
};

/** A network between would be measured too, and loaded by a program that nobody asked. */
const assertLoopback = (client: MongoClient): void => {
  const isNear = client.options.hosts.every(({ host = '' }) => ['127.0.0.1', '::1', 'localhost'].includes(host));
  if (!isNear) throw new Error('The benchmark runs on the loopback interface only: MONGODB_URI names another host.');
};

const mongodOf = async (client: MongoClient) => {
  const { pid, version } = await client.db('admin').command({ serverStatus: 1 });
  return { pid: Number(pid), version: String(version) };
};

const compare = async (client: MongoClient, { options, processes, log, ...engines }: Parts, databasePrefix: string) => {
  const pinning = choosePinning();
  const { pid, version } = await mongodOf(client);
  const mongod = pinMongod(pid, pinning);
  const { tenantId, ids } = datasetOf(makeUsers());
  const tokens = await createTokens({ id: ids[0] ?? '', tenantId });
  const place = { processes, pinning, databasePrefix, key: tokens.key, ...engines };
  // The platform first: it prepares the collection and its indexes.
  const platform = await startServer('platform', place);
  const dataset = await insertUsers(client.db(databaseOf(place)).collection<StoredUser>('users'));
  const servers = { platform, raw: await startServer('raw', place) };
  const headersOf = async (name: ServerName): Promise<Readonly<Record<string, string>>> =>
    name === 'platform' ? { authorization: `Bearer ${await tokens.current()}` } : { 'x-tenant-id': tenantId };
  const targets = serverNames.map(async (name) => ({ name, server: servers[name], headers: await headersOf(name) }));
  await assertSameWork(await Promise.all(targets), dataset);
  log('Both servers answer alike. Warming up…');
  const script = fileURLToPath(new URL('./load.ts', import.meta.url));
  const env = { PATH: process.env['PATH'] };
  const loader = processes.start({ name: 'load', script, env, cpu: pinning?.load });
  const measured: Measured = {
    servers,
    headersOf,
    load: (order) => loader.ask(order) as Promise<Observed>,
    dataset,
    mongodPid: mongod?.pid,
    onRound: (round) => log(`Round ${round} of ${options.rounds}`),
  };
  const rows = summarize(await measure(options, measured));
  const conditions: Conditions = { options, mongodVersion: version, pinning, mongodPinned: mongod?.pinned };
  return { rows, conditions };
};

/** Runs both servers beside each other on a database that goes afterwards. */
export const bench = async (parts: Parts): Promise<{ rows: Row[]; conditions: Conditions }> => {
  const client = new MongoClient(parts.mongodbUri, { writeConcern: { w: 'majority' } });
  assertLoopback(client);
  const databasePrefix = `bench_${randomBytes(4).toString('hex')}_`;
  try {
    await client.connect();
    return await compare(client, parts, databasePrefix);
  } finally {
    await parts.processes.endAll();
    await client.db(databaseOf({ databasePrefix })).dropDatabase();
    await client.close();
  }
};
