import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import type { Engine } from './engine.ts';
import { findMongod } from './find-mongod.ts';
import { accepting } from './port.ts';

export const REPLICA_SET = 'plinth';
const ALREADY_INITIALIZED = 23;
const EXIT_OTHER_VERSION = 62;
/** The port was taken meanwhile, or a mongod that is just ending still locks the data. */
const PASSING_EXITS = [48, 100];

type Options = { log?: (line: string) => void };

/** A replica set of one node: transactions and change streams work as they do in production. */
export function mongod(env: NodeJS.ProcessEnv, options: Options): Engine {
  return { ...mongodNode(env, { ...options, oplogMb: 512, cacheGb: 0.5 }), prepare: makePrimary };
}

type NodeOptions = Options & { oplogMb: number; cacheGb: number; setParameters?: string[] };

/** One node, which serves when somebody has made it a member of a set. */
export function mongodNode(env: NodeJS.ProcessEnv, options: NodeOptions): Engine {
  const { oplogMb, cacheGb, setParameters = [] } = options;
  return {
    name: 'mongod',
    find: () => findMongod({ env, log: options.log }),
    args: ({ port, dir, temporary }) => [
      ...['--dbpath', dir, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'],
      ...['--replSet', REPLICA_SET, '--oplogSize', String(oplogMb)],
      ...['--storageEngine', 'wiredTiger', '--wiredTigerCacheSizeGB', String(cacheGb)],
      // A process killed with an open transaction locks its documents this long; the default is a minute.
      ...['--setParameter', 'transactionLifetimeLimitSeconds=5'],
      ...['--setParameter', 'diagnosticDataCollectionEnabled=false'],
      // Tests make the server fail on purpose (failpoints).
      ...(temporary ? ['--setParameter', 'enableTestCommands=1'] : []),
      ...setParameters.flatMap((parameter) => ['--setParameter', parameter]),
    ],
    prepare: accepting,
    uri: (port) => `mongodb://127.0.0.1:${port}/?replicaSet=${REPLICA_SET}`,
    explain: ({ exitCode, log, dir }) => {
      if (exitCode !== EXIT_OTHER_VERSION) return { passing: PASSING_EXITS.includes(exitCode), reason: lastError(log) };
      const fix = `name that one with MONGOD_BINARY, or delete the folder to begin without data`;
      return { passing: false, reason: `the data in ${dir} is from another version of mongod: ${fix}.` };
    },
  };
}

/** Makes the node the primary of its set, also when its data remembers another port. */
async function makePrimary(port: number, signal: AbortSignal): Promise<void> {
  await accepting(port, signal);
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/`, {
    directConnection: true,
    serverSelectionTimeoutMS: 10_000,
  });
  try {
    const admin = client.db('admin');
    const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
    try {
      await admin.command({ replSetInitiate: { _id: REPLICA_SET, members } });
    } catch (error) {
      if ((error as { code?: number }).code !== ALREADY_INITIALIZED) throw error;
      const { config } = await admin.command({ replSetGetConfig: 1 });
      if (config.members[0].host !== members[0]?.host) {
        await admin.command({ replSetReconfig: { ...config, version: config.version + 1, members }, force: true });
      }
    }
    while (!(await admin.command({ hello: 1 }))['isWritablePrimary']) await sleep(15, undefined, { signal });
  } finally {
    await client.close();
  }
}

/** The text of the last error in mongod's JSON log. */
function lastError(log: string): string {
  const lines = log.trim().split('\n').reverse();
  const line = lines.find((text) => /"s":"[FE]"/.test(text)) ?? lines[0] ?? '';
  try {
    const { msg, attr } = JSON.parse(line) as { msg: string; attr?: { error?: unknown } };
    return attr?.error === undefined
      ? msg
      : `${msg}: ${typeof attr.error === 'string' ? attr.error : JSON.stringify(attr.error)}`;
  } catch {
    return line === '' ? 'it wrote no log.' : line;
  }
}
