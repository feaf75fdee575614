import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createTokenSigner, generateSigningKey, type TokenSubject, toPublicJwk } from '@plinth/auth';
import { openRaw } from '@plinth/mongo/testing';
import { systemClock } from '@plinth/service-kit';
import { aFreePort } from '@plinth/testing';
import { modules } from '../../src/modules.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The platform as production runs it: a process of its own, on databases of its own. */
export type RunningPlatform = {
  readonly port: number;
  readonly url: string;
  tokenOf(subject: TokenSubject): Promise<string>;
  /** Everything that its modules have stored, with the name of the collection before it. */
  stored(): Promise<readonly (readonly [string, Readonly<Record<string, unknown>>])[]>;
  stdout(): string;
  stderr(): string;
  /** Whether it still runs, and under the process id that it began with. */
  isRunning(): boolean;
  /** Tells it to stop. Resolves with its exit code when all that it has written has been read. */
  stop(): Promise<number | null>;
  /** Kills it and drops its databases. */
  close(): Promise<void>;
};

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const compileCache = fileURLToPath(new URL('../../../../.data/compile-cache', import.meta.url));
const parties = { issuer: 'plinth', audience: 'plinth-api' };
const readyMs = 20_000;
const pollMs = 20;

/** So high that nobody meets it. */
const unlimited = '1000000000';

const withoutAbsent = (environment: Environment): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined));

const untilReady = async (url: string, { child, told }: { child: ChildProcess; told: () => string }): Promise<void> => {
  const deadline = Date.now() + readyMs;
  while (Date.now() < deadline && child.exitCode === null) {
    // oxlint-disable-next-line no-await-in-loop -- asks again until it is ready
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (answer?.ok) return;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await sleep(pollMs);
  }
  throw new Error(`The platform was not ready within ${readyMs / 1000} s: ${told()}`);
};

const environmentOf = async (port: number, overrides: Environment) => {
  const key = await generateSigningKey();
  const own = randomBytes(6).toString('hex');
  const signer = createTokenSigner({ key, clock: systemClock, ...parties });
  const environment = withoutAbsent({
    PATH: process.env['PATH'],
    NODE_COMPILE_CACHE: compileCache,
    NODE_ENV: 'production',
    PORT: String(port),
    MONGODB_URI: process.env['MONGODB_URI'],
    MONGODB_DATABASE_PREFIX: `t${own}_`,
    REDIS_URL: process.env['REDIS_URL'],
    REDIS_KEY_PREFIX: `t${own}:`,
    AUTH_JWKS: JSON.stringify({ keys: [toPublicJwk(key)] }),
    CURSOR_SECRET: 'Zk3v9QpL2xWm7RtY5uHn8sBd4cFg6jKe',
    SHUTDOWN_DELAY_MS: '0',
    LIMIT_IP_PER_MINUTE: unlimited,
    LIMIT_ANONYMOUS_PER_MINUTE: unlimited,
    LIMIT_FREE_PER_MINUTE: unlimited,
    LIMIT_SENSITIVE_PER_MINUTE: unlimited,
    ...overrides,
  });
  return { environment, tokenOf: (subject: TokenSubject) => signer.sign(subject) };
};

/** The collections of the modules, past the wall. */
const openStored = (uri: string, prefix: string) => {
  const raw = openRaw(uri);
  const collections = modules.flatMap(({ name, collections: own }) =>
    Object.values(own).map((collection) => ({ database: `${prefix}${name}`, collection: collection.name })),
  );
  return {
    stored: async () => {
      const found = collections.map(async ({ database, collection }) => {
        const documents = await raw.collection(database, collection).all();
        return documents.map((document) => [collection, document] as const);
      });
      return (await Promise.all(found)).flat();
    },
    drop: async () => {
      await Promise.all(
        [...new Set(collections.map(({ database }) => database))].map((database) => raw.drop(database)),
      );
      await raw.close();
    },
  };
};

/** Starts the platform with settings of production and without limits; `overrides` change its environment. */
export const startPlatform = async (overrides: Environment = {}): Promise<RunningPlatform> => {
  const port = await aFreePort();
  const url = `http://127.0.0.1:${port}`;
  const { environment, tokenOf } = await environmentOf(port, overrides);
  const child = spawn(process.execPath, [main], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output.stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output.stderr += chunk));
  const ended = once(child, 'close');
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    await ended;
    return child.exitCode;
  };
  try {
    await untilReady(url, { child, told: () => output.stdout + output.stderr });
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
  const { stored, drop } = openStored(environment['MONGODB_URI'] ?? '', environment['MONGODB_DATABASE_PREFIX'] ?? '');
  return {
    port,
    url,
    tokenOf,
    stored,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    stop: () => end('SIGTERM'),
    close: async () => {
      await end('SIGKILL');
      await drop();
    },
  };
};
