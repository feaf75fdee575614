import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngines } from '@plinth/engines';

/** A mongod or a redis-server that one test file has for itself, so that it may do to it what it likes. */
export type OwnEngine = {
  readonly uri: string;
  /** Makes it stand still: connections stay open, and nobody answers. */
  pause(): Promise<void>;
  goOn(): Promise<void>;
  /** Kills it: nobody listens any longer. */
  end(): Promise<void>;
  /** Starts it again on its data, at its address. */
  begin(): Promise<void>;
  /** Ends it for good, with its data. */
  close(): Promise<void>;
};

/** The answer of Redis to one command without arguments that need quoting. */
export const askRedis = (uri: string, command: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { port, hostname } = new URL(uri);
    const socket = connect(Number(port), hostname, () => socket.write(`${command}\r\n`));
    socket.once('error', reject).once('data', (data) => {
      socket.destroy();
      resolve(String(data));
    });
  });

const kinds = {
  mongod: {
    absent: 'MONGODB_URI',
    uriOf: 'mongodbUri',
    pidOf: async (_uri: string, dataDir: string) => readFile(join(dataDir, 'mongod', 'mongod.lock'), 'utf8'),
  },
  redis: {
    absent: 'REDIS_URL',
    uriOf: 'redisUrl',
    pidOf: async (uri: string) => /process_id:(\d+)/.exec(await askRedis(uri, 'INFO server'))?.[1],
  },
} as const;

/** Starts an engine, whatever MONGODB_URI and REDIS_URL say. */
export const ownEngine = async (name: keyof typeof kinds): Promise<OwnEngine> => {
  const { absent, uriOf, pidOf } = kinds[name];
  const dataDir = await mkdtemp(join(tmpdir(), 'plinth-rows-'));
  const start = async () => {
    const engines = await startEngines({ dataDir, env: { ...process.env, [absent]: undefined } });
    return { engines, uri: engines[uriOf], pid: Number(await pidOf(engines[uriOf], dataDir)) };
  };
  let running = await start();
  const { uri } = running;
  const end = async (): Promise<void> => {
    const ended = running.engines.stop();
    process.kill(running.pid, 'SIGKILL');
    await ended;
  };
  let isThere = true;
  return {
    uri,
    pause: async () => void process.kill(running.pid, 'SIGSTOP'),
    goOn: async () => void process.kill(running.pid, 'SIGCONT'),
    end: async () => {
      isThere = false;
      await end();
    },
    begin: async () => {
      running = await start();
      isThere = true;
      if (running.uri !== uri) throw new Error(`${name} came back at ${running.uri} and not at ${uri}.`);
    },
    close: async () => {
      if (isThere) await end();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
};
