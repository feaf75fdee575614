import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createTokenSigner, generateSigningKey, toPublicJwk } from '@plinth/auth';
import { openRaw, type RawCollection } from '@plinth/mongo/testing';
import { anId } from '@plinth/testing';

const mains = {
  platform: new URL('../../src/main.ts', import.meta.url),
  'svc-users': new URL('../../../svc-users/src/main.ts', import.meta.url),
  victim: new URL('./victim.ts', import.meta.url),
};

const endsWithTest = new URL('./ends-with-test.ts', import.meta.url);

/** A host in a process of its own, always on the same databases, however often it is started. */
export type Service = {
  /** Where it listens; nowhere while there is no process. Each start finds a port that nobody has. */
  readonly url: string | undefined;
  /** The token of an owner of a tenant of its own. */
  readonly token: string;
  /** Resolves when it listens. */
  start(): Promise<void>;
  /** Resolves when the process is gone. */
  kill(): Promise<void>;
  /** Resolves with the signal that ended the process. */
  ended(): Promise<NodeJS.Signals | null>;
  /** Sends an order to a `victim`, which answers with the steps that it has counted. */
  order(order: { readonly killAt?: number }): Promise<string[]>;
  /** A collection of the users module. */
  stored(collection: string): RawCollection;
  /** Kills it and drops its databases. */
  close(): Promise<void>;
};

const environmentOf = async (mongodbUri: string) => {
  const key = await generateSigningKey();
  const parties = { issuer: 'plinth', audience: 'plinth-api' };
  const signer = createTokenSigner({ key, clock: { now: () => new Date() }, ...parties });
  const databasePrefix = `t${randomBytes(6).toString('hex')}_`;
  const env = {
    PATH: process.env['PATH'],
    NODE_COMPILE_CACHE: fileURLToPath(new URL('../../../../.data/compile-cache', import.meta.url)),
    PORT: '0',
    MONGODB_URI: mongodbUri,
    MONGODB_DATABASE_PREFIX: databasePrefix,
    REDIS_URL: process.env['REDIS_URL'],
    REDIS_KEY_PREFIX: databasePrefix,
    // Writers that repeat what had no answer are many, and one person.
    LIMIT_IP_PER_MINUTE: '1000000',
    LIMIT_FREE_PER_MINUTE: '1000000',
    AUTH_ISSUER: parties.issuer,
    AUTH_AUDIENCE: parties.audience,
    AUTH_JWKS: JSON.stringify({ keys: [toPublicJwk(key)] }),
    CURSOR_SECRET: randomBytes(32).toString('hex'),
  };
  const token = await signer.sign({ id: anId(), tenantId: anId(), roles: ['owner'] });
  return { env, token, database: `${databasePrefix}users` };
};

/** Resolves with the address at which a host says that it listens. */
const listening = async (child: ChildProcess): Promise<string> => {
  let errors = '';
  child.stderr?.on('data', (chunk) => (errors += chunk));
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const said: string[] = [];
  const found = new Promise<string>((resolve) => {
    lines.on('line', (line) => {
      if (!line.includes('"listening"')) return void said.push(line);
      // What it says from now on is read, so that it is not held up, and forgotten.
      lines.removeAllListeners('line');
      resolve((JSON.parse(line) as { url: string }).url);
    });
  });
  const failed = once(child, 'close').then(() => {
    throw new Error(`The host did not start: ${said.join('\n')}${errors}`);
  });
  failed.catch(() => undefined);
  return Promise.race([found, failed]);
};

/** Makes the host `main` on the MongoDB at `mongodbUri`; it is not started yet. */
export const aService = async (main: keyof typeof mains, mongodbUri: string): Promise<Service> => {
  const { env, token, database } = await environmentOf(mongodbUri);
  const raw = openRaw(mongodbUri);
  let child: ChildProcess | undefined;
  let url: string | undefined;
  const ended = async (): Promise<NodeJS.Signals | null> => {
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child?.signalCode ?? null;
  };
  const kill = async (): Promise<void> => {
    child?.kill('SIGKILL');
    await ended();
  };
  return {
    get url() {
      return url;
    },
    token,
    start: async () => {
      const args = ['--import', endsWithTest.href, mains[main].pathname];
      const started = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
      child = started;
      started.once('exit', () => (url = undefined));
      url = await listening(started);
    },
    kill,
    ended,
    order: async (order) => {
      child?.send(order);
      const [steps] = (await once(child as ChildProcess, 'message')) as [string[]];
      return steps;
    },
    stored: (collection) => raw.collection(database, collection),
    close: async () => {
      await kill();
      await raw.drop(database);
      await raw.close();
    },
  };
};
