// PEERS=<folder of the benchmark> node src/peers.ts <check|run> [--profile] [options of bench.mjs]
// node src/peers.ts table <results of a run>
//
// Makes the platform an entry of a benchmark of other stacks, which is not part of the repository, and runs it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findMongod, startTestDatabase } from '@plinth/dev-databases';
import { createEntry, entryName } from './peers/entry.ts';
import { type PeersResults, toPeersTables } from './peers/table.ts';

const profiles = fileURLToPath(new URL('../../../.data/profiles/peers', import.meta.url));

const runBenchmark = async (folder: string, args: readonly string[]): Promise<void> => {
  const { PEERS_WORK = join(tmpdir(), 'plinth-peers'), PEERS_MONGO_PORT = '27117' } = process.env;
  const MONGOD = await findMongod({ env: process.env, log: console.error });
  const env = { ...process.env, PEERS_WORK, PEERS_MONGO_PORT, MONGOD };
  const run = async (...[command, ...rest]: [string, ...string[]]): Promise<void> => {
    const [code, signal] = await once(spawn(command, rest, { stdio: 'inherit', env }), 'exit');
    if (code !== 0) throw new Error(`${command} ended with ${code ?? signal}.`);
  };
  const node = join(PEERS_WORK, 'node_modules/.bin/node');
  await access(node).catch(() => run(join(folder, 'setup.sh')));

  const redis = await startTestDatabase('redis');
  const temporary = await mkdtemp(join(tmpdir(), 'plinth-peers-config-'));
  try {
    const entry = await createEntry({
      mongodbUri: `mongodb://127.0.0.1:${PEERS_MONGO_PORT}/?replicaSet=rs0`,
      redisUrl: redis.uri,
      profiles: args.includes('--profile') ? profiles : undefined,
    });
    const peers = JSON.parse(await readFile(join(folder, 'servers.json'), 'utf8')) as unknown[];
    const config = join(temporary, 'servers.json');
    // The last one, because its tokens are valid for fifteen minutes from its start.
    await writeFile(config, JSON.stringify([...peers, entry]), { mode: 0o600 });
    const options = args.filter((arg) => arg !== '--profile');
    await run(node, join(folder, 'bench.mjs'), ...options, '--config', config, '--ours', entry.name);
  } finally {
    await rm(temporary, { recursive: true });
    await redis.close();
  }
};

const { PEERS: folder } = process.env;
const [mode, results] = process.argv.slice(2);
if (mode === 'table' && results !== undefined) {
  console.log(toPeersTables(JSON.parse(await readFile(results, 'utf8')) as PeersResults, entryName));
} else if (folder === undefined) {
  console.error('Set PEERS to the folder of the benchmark, with bench.mjs, setup.sh and servers.json.');
  process.exitCode = 1;
} else await runBenchmark(folder, process.argv.slice(2));
