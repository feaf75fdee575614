import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { assertSameReads } from './check.ts';
import { assertSameWrites } from './check-writes.ts';
import { type Dataset, insertUsers, type StoredUser } from './data.ts';
import { isWrite, type Kind } from './kinds.ts';
import { openLedger } from './ledger.ts';
import type { Order, Reply } from './load.ts';
import { type Measured, measure } from './measure.ts';
import type { Options } from './options.ts';
import { choosePinning, type Pinning, pinMongod } from './pinning.ts';
import type { Processes } from './processes.ts';
import type { Conditions } from './report.ts';
import type { Headers } from './requests.ts';
import { databaseOf, type Server, type ServerName, serverNames, startServer } from './servers.ts';
import { type Row, summarize } from './summary.ts';
import { createTokens, type Tokens } from './tokens.ts';

export type Engines = { readonly mongodbUri: string; readonly redisUrl: string };

export type BenchParts = Engines & {
  readonly options: Options;
  readonly processes: Processes;
  readonly log: (line: string) => void;
  /** A module that both servers load before their own. */
  readonly preload?: string;
};

/** Both servers beside each other, ready to be measured. */
export type Bench = { readonly measured: Measured; readonly conditions: Conditions };

/** A network between would be measured too, and loaded by a program that nobody asked. */
export const assertLoopback = (client: MongoClient): void => {
  const isNear = client.options.hosts.every(({ host = '' }) => ['127.0.0.1', '::1', 'localhost'].includes(host));
  if (!isNear) throw new Error('The benchmark runs on the loopback interface only: MONGODB_URI names another host.');
};

/** Which process mongod is, and which version. */
export const mongodOf = async (client: MongoClient) => {
  const { pid, version } = await client.db('admin').command({ serverStatus: 1 });
  return { pid: Number(pid), version: String(version) };
};

/** Who asks: for reads a member of one tenant, for writes an owner of another; nobody for the server's health. */
export const createHeaders = ({ tenantId, ids, written }: Dataset, tokens: Tokens) => {
  const reader = { id: ids[0] ?? '', tenantId, role: 'member' } as const;
  const writer = { id: written.ids[0] ?? '', tenantId: written.tenantId, role: 'owner' } as const;
  return async (name: ServerName, kind: Kind): Promise<Headers> => {
    if (kind === 'health') return {};
    const person = isWrite(kind) ? writer : reader;
    if (name === 'raw') return { 'x-tenant-id': person.tenantId };
    return { authorization: `Bearer ${await tokens.of(person)}` };
  };
};

type Checked = {
  readonly servers: Readonly<Record<ServerName, Server>>;
  readonly headersOf: Measured['headersOf'];
  readonly dataset: Dataset;
};

const assertSameWork = async ({ servers, headersOf, dataset }: Checked): Promise<void> => {
  const targetsOf = (kind: Kind) =>
    Promise.all(
      serverNames.map(async (name) => ({ name, server: servers[name], headers: await headersOf(name, kind) })),
    );
  await assertSameReads(await targetsOf('get'), dataset);
  await assertSameWrites(await targetsOf('post'));
};

/** Starts the process that makes the load. @returns what gives it one order after the other. */
export const startLoad = (processes: Processes, pinning: Pinning | undefined) => {
  const script = fileURLToPath(new URL('./load.ts', import.meta.url));
  const loader = processes.start({ script, env: {}, cpu: pinning?.load });
  return (order: Order) => loader.request(order) as Promise<Reply>;
};

type Work<T> = (bench: Bench) => Promise<T>;

const compare = async <T>(
  { client, databasePrefix }: { readonly client: MongoClient; readonly databasePrefix: string },
  { options, processes, log, ...rest }: BenchParts,
  work: Work<T>,
): Promise<T> => {
  const pinning = choosePinning();
  const { pid, version } = await mongodOf(client);
  const mongod = pinMongod(pid, pinning);
  const tokens = await createTokens();
  const place = { processes, pinning, databasePrefix, trust: tokens.settings, ...rest };
  // The platform first: it prepares the collection and its indexes.
  const platform = await startServer('platform', place);
  const users = client.db(databaseOf(place)).collection<StoredUser>('users');
  const dataset = await insertUsers(users);
  const servers = { platform, raw: await startServer('raw', place) };
  const headersOf = createHeaders(dataset, tokens);
  await assertSameWork({ servers, headersOf, dataset });
  log('Both servers do the same work. Warming up…');
  const ledger = await openLedger(users, dataset.written.tenantId);
  const load = startLoad(processes, pinning);
  const measured: Measured = {
    servers,
    headersOf,
    load: async (order) => {
      const reply = await load(order);
      if ('observed' in reply) ledger.add(order.kind, reply.observed.answers);
      return reply;
    },
    mongodPid: mongod?.pid,
    onRound: (round) => log(`Round ${round} of ${options.rounds}`),
  };
  const conditions: Conditions = { options, mongodVersion: version, pinning, mongodPinned: mongod?.pinned };
  const outcome = await work({ measured, conditions });
  await ledger.assertBalanced();
  return outcome;
};

/** Runs both servers beside each other on a database that goes afterwards. */
export const withBench = async <T>(parts: BenchParts, work: Work<T>): Promise<T> => {
  const client = new MongoClient(parts.mongodbUri, { writeConcern: { w: 'majority' } });
  assertLoopback(client);
  const databasePrefix = `bench_${randomBytes(4).toString('hex')}_`;
  try {
    await client.connect();
    return await compare({ client, databasePrefix }, parts, work);
  } finally {
    await parts.processes.endAll();
    await client.db(databaseOf({ databasePrefix })).dropDatabase();
    await client.close();
  }
};

export const bench = (parts: BenchParts): Promise<{ rows: Row[]; conditions: Conditions }> =>
  withBench(parts, async ({ measured, conditions }) => ({
    rows: summarize(await measure(parts.options, measured)),
    conditions,
  }));
