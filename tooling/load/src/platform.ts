import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createTokenSigner, generateSigningKey, toPublicJwk } from '@plinth/auth';
import { openRaw } from '@plinth/mongo/testing';

export type Engines = { readonly mongodbUri: string; readonly redisUrl: string };

export type Person = { readonly id: string; readonly tenantId: string; readonly role: 'owner' | 'member' | 'viewer' };

/** The platform as it is deployed, in a process of its own, on databases of its own. */
export type Platform = {
  readonly url: string;
  /** A token of a person, stored or not, that is good for a quarter of an hour from then on; from now on by default. */
  tokenOf(person: Person, from?: Date): Promise<string>;
  /** What it has said so far: the lines of its log that are warnings or worse. */
  complaints(): string;
  /** Ends it as a deployment does, and drops its databases. Rejects when it had ended before, or not with 0. */
  stop(): Promise<void>;
};

const host = '127.0.0.1';
const readyMs = 45_000;
const pollMs = 25;
const parties = { issuer: 'plinth', audience: 'plinth-api' };
/** No caller here is anybody whom a limit is meant for. */
const unlimited = '1000000000';

const fileOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const apps = fileOf('../../../apps');
const endWithParent = fileOf('./end-with-parent.ts');

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** The settings of the platform. The environment of the caller does not reach it. */
const environmentOf = async ({ mongodbUri, redisUrl }: Engines, databasePrefix: string) => {
  const key = await generateSigningKey();
  const port = await freePort();
  const env = {
    PATH: process.env['PATH'],
    NODE_ENV: 'production',
    HOST: host,
    PORT: String(port),
    LOG_LEVEL: 'warn',
    // No proxy has to notice that it ends.
    SHUTDOWN_DELAY_MS: '0',
    MONGODB_URI: mongodbUri,
    MONGODB_DATABASE_PREFIX: databasePrefix,
    REDIS_URL: redisUrl,
    REDIS_KEY_PREFIX: `${databasePrefix}:`,
    AUTH_ISSUER: parties.issuer,
    AUTH_AUDIENCE: parties.audience,
    AUTH_JWKS: JSON.stringify({ keys: [toPublicJwk(key)] }),
    CURSOR_SECRET: randomBytes(32).toString('base64url'),
    LIMIT_DEFAULT_PLAN: 'enterprise',
    LIMIT_IP_PER_MINUTE: unlimited,
    LIMIT_ANONYMOUS_PER_MINUTE: unlimited,
    LIMIT_ENTERPRISE_PER_MINUTE: unlimited,
    LIMIT_SENSITIVE_PER_MINUTE: unlimited,
  };
  return { env, key, url: `http://${host}:${port}` };
};

const isOver = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

const untilReady = async (url: string, child: ChildProcess, said: () => string): Promise<void> => {
  const until = performance.now() + readyMs;
  while (performance.now() < until) {
    if (isOver(child)) throw new Error(`The platform did not start: ${said()}`);
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await sleep(pollMs);
  }
  throw new Error(`The platform was not ready within ${readyMs / 1000} s: ${said()}`);
};

/** Ends it, whatever state it is in. @returns what it ended with, and whether it had ended before. */
const end = async (child: ChildProcess) => {
  const wasOver = isOver(child);
  if (!wasOver) {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }
  return { wasOver, code: child.exitCode ?? child.signalCode };
};

/** Drops the database of every module; each has the name of its service. */
const dropDatabases = async (mongodbUri: string, databasePrefix: string): Promise<void> => {
  const services = (await readdir(apps)).filter((name) => name.startsWith('svc-'));
  const raw = openRaw(mongodbUri);
  try {
    for (const service of services) await raw.drop(`${databasePrefix}${service.slice('svc-'.length)}`);
  } finally {
    await raw.close();
  }
};

const spawnPlatform = (env: NodeJS.ProcessEnv) => {
  const child = spawn(process.execPath, ['--import', endWithParent, `${apps}/platform/src/main.ts`], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (said += text));
  return { child, said: () => said };
};

/** Starts a platform that limits nobody, and waits until it is ready. */
export const startPlatform = async (engines: Engines): Promise<Platform> => {
  const databasePrefix = `load_${randomBytes(4).toString('hex')}_`;
  const { env, key, url } = await environmentOf(engines, databasePrefix);
  const { child, said } = spawnPlatform(env);
  const stop = async (): Promise<void> => {
    const { wasOver, code } = await end(child);
    await dropDatabases(engines.mongodbUri, databasePrefix);
    if (wasOver || code !== 0) throw new Error(`The platform ended with ${code}: ${said()}`);
  };
  try {
    await untilReady(url, child, said);
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
  return {
    url,
    tokenOf: ({ id, tenantId, role }, from = new Date()) =>
      createTokenSigner({ key, clock: { now: () => from }, ...parties }).sign({ id, tenantId, roles: [role] }),
    complaints: said,
    stop,
  };
};
