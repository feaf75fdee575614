import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { assertLoopback, createHeaders, type Engines, mongodOf, startLoad } from './bench.ts';
import { datasetOf, makeUsers, type StoredUser } from './data.ts';
import { baseOf, checkOut } from './gate-checkout.ts';
import { type Cost, costsOf, type Decision, decide, ratioMax } from './gate-decision.ts';
import type { GateOptions } from './gate-options.ts';
import { isWrite, type Kind, reads } from './kinds.ts';
import { openLedger } from './ledger.ts';
import { measure } from './measure.ts';
import { choosePinning, pinMongod } from './pinning.ts';
import type { Processes } from './processes.ts';
import { tableOf } from './report.ts';
import { databaseOf, type Place, startServer } from './servers.ts';
import { summarize } from './summary.ts';
import { createTokens } from './tokens.ts';

type Parts = Engines & GateOptions & { readonly processes: Processes; readonly log: (line: string) => void };

/** A platform with people in it. Those of the base may lack a field that its law wants, and are put in past it. */
const open = async (client: MongoClient, place: Place) => {
  const server = await startServer('platform', place);
  const users = client.db(databaseOf(place)).collection<StoredUser>('users');
  await users.insertMany(makeUsers(), { bypassDocumentValidation: true });
  return { server, ledger: await openLedger(users, datasetOf(makeUsers()).written.tenantId) };
};

type Platforms = {
  readonly client: MongoClient;
  /** The working tree. */
  readonly after: Place;
  readonly before: Place;
};

const compare = async ({ client, after, before }: Platforms, { options, processes, log }: Parts, tokens: Tokens) => {
  const { pid } = await mongodOf(client);
  const mongod = pinMongod(pid, after.pinning);
  const opened = { platform: await open(client, after), raw: await open(client, before) };
  const headersOf = createHeaders(datasetOf(makeUsers()), tokens);
  const load = startLoad(processes, after.pinning);
  // The base takes the place that the raw server has in the other benchmarks.
  const costs = async (kinds: readonly Kind[]): Promise<Cost[]> => {
    const chosen = { reads: reads.filter((read) => kinds.includes(read)), writes: kinds.filter(isWrite) };
    const slices = await measure(
      { ...options, ...chosen },
      {
        servers: { platform: opened.platform.server, raw: opened.raw.server },
        headersOf: (_, kind) => headersOf('platform', kind),
        load: async (order) => {
          const reply = await load(order);
          const { ledger } = Object.values(opened).find(({ server }) => server.url === order.url) ?? opened.platform;
          if ('observed' in reply) ledger.add(order.kind, reply.observed.answers);
          return reply;
        },
        mongodPid: mongod?.pid,
        onRound: (round) => log(`${kinds.join(', ')}: round ${round} of ${options.rounds}`),
      },
    );
    return costsOf(summarize(slices));
  };
  const decision = await decide([...options.reads, ...options.writes], costs);
  for (const { ledger } of Object.values(opened)) await ledger.assertBalanced();
  return decision;
};

type Tokens = Awaited<ReturnType<typeof createTokens>>;

/** Runs the platform of the base and that of the working tree beside each other, each on a database that goes afterwards. */
export const gate = async (parts: Parts): Promise<Decision & { readonly base: string }> => {
  const { processes, log, mongodbUri, redisUrl } = parts;
  const base = await baseOf(parts.base);
  const client = new MongoClient(mongodbUri, { writeConcern: { w: 'majority' } });
  assertLoopback(client);
  log(`Checking ${base.slice(0, 12)} out…`);
  const checkout = await checkOut(base);
  const prefix = `gate_${randomBytes(3).toString('hex')}`;
  const tokens = await createTokens();
  const common = { processes, mongodbUri, redisUrl, pinning: choosePinning(), trust: tokens.settings };
  const after = { ...common, databasePrefix: `${prefix}_after_` };
  const before = { ...common, databasePrefix: `${prefix}_before_`, root: checkout.root };
  try {
    await client.connect();
    return { base, ...(await compare({ client, after, before }, parts, tokens)) };
  } finally {
    await processes.endAll();
    for (const place of [after, before]) await client.db(databaseOf(place)).dropDatabase();
    await client.close();
    await checkout.remove();
  }
};

/** The table of what each kind costs before and after, and what follows. */
export const gateReport = ({ costs, dearer, base }: Awaited<ReturnType<typeof gate>>): string => {
  const table = tableOf([
    ['request', 'before µs', 'after µs', 'after / before'],
    ...costs.map(({ kind, beforeMicros, afterMicros, ratio }) => [
      kind,
      beforeMicros.toFixed(0),
      afterMicros.toFixed(0),
      ratio.toFixed(2),
    ]),
  ]);
  const verdict =
    dearer.length === 0
      ? `No kind of request costs more than ${ratioMax} times what it costs at ${base.slice(0, 12)}.`
      : `Too dear, twice: ${dearer.join(', ')}. Requests may cost ${ratioMax} times what they cost at ${base.slice(0, 12)}.`;
  return `${table}\n\nCPU of the server for one request; the ratio is the median over the rounds. ${verdict}`;
};
