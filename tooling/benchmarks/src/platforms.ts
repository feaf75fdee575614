import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { assertLoopback, type BenchParts, createHeaders, mongodOf, startLoad } from './bench.ts';
import { datasetOf, makeUsers, type StoredUser } from './data.ts';
import { isWrite, type Kind, reads } from './kinds.ts';
import { openLedger } from './ledger.ts';
import { measure } from './measure.ts';
import { choosePinning, type Pinning, pinMongod } from './pinning.ts';
import type { Conditions } from './report.ts';
import { databaseOf, type Place, startServer } from './servers.ts';
import { type Row, summarize } from './summary.ts';
import { createTokens } from './tokens.ts';

export type PlatformsParts = Omit<BenchParts, 'preload'>;

/** Wherein one of the two platforms differs from the usual one. */
type Variant = Pick<Place, 'root' | 'settings'>;
type Variants = { readonly after: Variant; readonly before: Variant };

/** Two platforms, ready to be measured. */
type Platforms = {
  /** Measures both: in each row `platform` is the one after, and `raw` the one before. */
  readonly rowsOf: (kinds: readonly Kind[]) => Promise<Row[]>;
  readonly conditions: Conditions;
};

type Work<T> = (platforms: Platforms) => Promise<T>;

/** A platform with people in it. Those of an older one may lack a field that its law wants, and are put in past it. */
const open = async (client: MongoClient, place: Place) => {
  const server = await startServer('platform', place);
  const users = client.db(databaseOf(place)).collection<StoredUser>('users');
  await users.insertMany(makeUsers(), { bypassDocumentValidation: true });
  return { server, ledger: await openLedger(users, datasetOf(makeUsers()).written.tenantId) };
};

type Places = {
  readonly client: MongoClient;
  readonly pinning: Pinning | undefined;
  readonly after: Place;
  readonly before: Place;
  readonly tokens: Awaited<ReturnType<typeof createTokens>>;
};

const compare = async <T>(places: Places, { options, processes, log }: PlatformsParts, work: Work<T>): Promise<T> => {
  const { client, pinning, after, before, tokens } = places;
  const { pid, version } = await mongodOf(client);
  const mongod = pinMongod(pid, pinning);
  const opened = { platform: await open(client, after), raw: await open(client, before) };
  const headersOf = createHeaders(datasetOf(makeUsers()), tokens);
  const load = startLoad(processes, pinning);
  const rowsOf = async (kinds: readonly Kind[]): Promise<Row[]> => {
    const chosen = { reads: reads.filter((read) => kinds.includes(read)), writes: kinds.filter(isWrite) };
    const slices = await measure(
      { ...options, ...chosen },
      {
        servers: { platform: opened.platform.server, raw: opened.raw.server },
        headersOf: (_, kind) => headersOf('platform', kind),
        load: async (order, name) => {
          const reply = await load(order);
          if ('observed' in reply) opened[name].ledger.add(order.kind, reply.observed.answers);
          return reply;
        },
        mongodPid: mongod?.pid,
        onRound: (round) => log(`${kinds.join(', ')}: round ${round} of ${options.rounds}`),
      },
    );
    return summarize(slices);
  };
  const conditions = { options, mongodVersion: version, pinning, mongodPinned: mongod?.pinned };
  const outcome = await work({ rowsOf, conditions });
  for (const { ledger } of Object.values(opened)) await ledger.assertBalanced();
  return outcome;
};

/** Runs two platforms beside each other, each on a database that goes afterwards. */
export const withPlatforms = async <T>(parts: PlatformsParts, variants: Variants, work: Work<T>): Promise<T> => {
  const { processes, mongodbUri, redisUrl } = parts;
  const client = new MongoClient(mongodbUri, { writeConcern: { w: 'majority' } });
  assertLoopback(client);
  const pinning = choosePinning();
  const tokens = await createTokens();
  const prefix = `bench_${randomBytes(3).toString('hex')}`;
  const placeOf = (name: keyof Variants): Place => ({
    ...{ processes, pinning, mongodbUri, redisUrl, trust: tokens.settings, databasePrefix: `${prefix}_${name}_` },
    ...variants[name],
  });
  const places = { client, pinning, after: placeOf('after'), before: placeOf('before'), tokens };
  try {
    await client.connect();
    return await compare(places, parts, work);
  } finally {
    await processes.endAll();
    for (const place of [places.after, places.before]) await client.db(databaseOf(place)).dropDatabase();
    await client.close();
  }
};
