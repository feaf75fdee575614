import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTokenSigner, generateSigningKey, toPublicJwk } from '@plinth/auth';
import { load, type loadOrExit } from '@plinth/config';
import type { TestDatastore } from '@plinth/mongo/testing';
import { systemClock } from '@plinth/service-kit';
import { createPrincipal } from '@plinth/testing';
import { createDatabasePrefix, type Environment, nodeCommand, startChild, startService } from '@plinth/testing/process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDb } from '../../src/db/run.ts';
import { entrypoints } from '../entrypoints.ts';
import { storeUser } from '../stored-users.ts';
import { type SecuredDatabases, startSecuredDatabases } from './databases.ts';

const prefix = createDatabasePrefix();
const [runtimeUser, migrationUser] = [`${prefix}plinth-runtime`, `${prefix}plinth-migrate`];
const parties = { issuer: 'https://auth.test.example', audience: 'https://api.test.example' };
const key = await generateSigningKey();
const signer = createTokenSigner({ key, clock: systemClock, ...parties });

let folder: string;
let databases: SecuredDatabases;
let environment: Environment;

const toFile = async (name: string, content: string): Promise<string> => {
  const file = join(folder, name);
  await writeFile(file, `${content}\n`);
  return file;
};

/** Connects as production does: by TLS, with a client certificate and a password. Each secret is in a file. */
const createMongodbSettings = async (user: string): Promise<Environment> => {
  const { ca, client } = databases.certificates;
  return {
    NODE_ENV: 'production',
    MONGODB_DATABASE_PREFIX: prefix,
    MONGODB_URI_FILE: await toFile(`uri-of-${user}`, databases.mongodbUri(user)),
    MONGODB_TLS_CA_FILE: await toFile('ca.pem', ca),
    MONGODB_TLS_CERTIFICATE_FILE: await toFile('client.pem', client.certificate),
    MONGODB_TLS_KEY_FILE: await toFile('client.key', client.key),
  };
};

const createEnvironment = async (): Promise<Environment> => {
  const mongodb = await createMongodbSettings(runtimeUser);
  return {
    ...mongodb,
    MIGRATE_ON_START: 'false',
    PUBLIC_URL: 'https://api.test.example',
    CORS_ORIGINS: 'https://app.test.example',
    REDIS_URL_FILE: await toFile('redis', databases.redisUrl),
    REDIS_TLS_CA_FILE: mongodb['MONGODB_TLS_CA_FILE'],
    REDIS_TLS_CERTIFICATE_FILE: mongodb['MONGODB_TLS_CERTIFICATE_FILE'],
    REDIS_TLS_KEY_FILE: mongodb['MONGODB_TLS_KEY_FILE'],
    AUTH_ISSUER: parties.issuer,
    AUTH_AUDIENCE: parties.audience,
    AUTH_JWKS_FILE: await toFile('jwks', JSON.stringify({ keys: [toPublicJwk(key)] })),
    CURSOR_SECRET_FILE: await toFile('cursor', randomBytes(32).toString('base64url')),
    IDENTITY_SIGNING_KEY_FILE: await toFile('identity-key', JSON.stringify(key)),
    IDENTITY_SECRET_FILE: await toFile('identity-secret', randomBytes(32).toString('base64url')),
    SHUTDOWN_DELAY_MS: '0',
  };
};

const run = async (script: URL, env: Environment, ...args: readonly string[]) => {
  // Elsewhere than in the repository, whose .env is for development.
  const { exited, output } = startChild(nodeCommand(script, ...args), { env, cwd: folder });
  return { code: (await exited)[0], stdout: output.stdout, stderr: output.stderr };
};
const workerScript = new URL('../../../worker/src/main.ts', import.meta.url);
const dbScript = new URL('../../src/db.ts', import.meta.url);

/** Runs a command of `npm run db` in this process, because Node needs a second to start another. */
const runHere = async (env: Environment, ...args: readonly string[]) => {
  const output = { stdout: '', stderr: '' };
  const loadFromEnv: typeof loadOrExit = async (settings) => load(settings, env);
  const code = await runDb(args, {
    load: loadFromEnv,
    print: (text) => void (output.stdout += text),
    printError: (text) => void (output.stderr += text),
  });
  return { code, ...output };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-production-'));
  databases = await startSecuredDatabases(folder);
  const roles = await runHere({ MONGODB_DATABASE_PREFIX: prefix }, 'roles');
  expect(roles).toMatchObject({ code: 0, stderr: '' });
  // A database from before the first migration has collections and no migration records.
  const { client, close } = await databases.connectAs('root');
  await client.db(`${prefix}users`).createCollection('users');
  await close();
  await databases.runRolesScript(roles.stdout, { exists: false });
  await databases.runRolesScript(roles.stdout, { exists: true });
  environment = await createEnvironment();
});

afterAll(async () => {
  await databases.close();
  await rm(folder, { recursive: true });
});

const toRequester = async (url: string) => {
  const owner = createPrincipal({ roles: ['owner'] });
  await storeUser({ MONGODB_URI: databases.directUri('root'), MONGODB_DATABASE_PREFIX: prefix }, owner);
  const token = await signer.sign(owner);
  return async (method: string, path: string, { body, ...headers }: Record<string, unknown> = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(headers as Record<string, string>),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, etag: response.headers.get('etag') ?? '', text };
  };
};

describe('production without any allowed risk, with users of the least privileges', () => {
  it('the runtime does not start before the job has migrated', async () => {
    const { code, stderr } = await run(entrypoints.platform, environment);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('is behind this code') });
  });

  it('the job migrates, checks and repairs', async () => {
    const settings = await createMongodbSettings(migrationUser);
    expect(await run(dbScript, settings, 'migrate')).toMatchObject({ code: 0, stderr: '' });
    for (const args of [['migrate', '--contract'], ['check'], ['repair'], ['status']]) {
      expect(await runHere(settings, ...args), args.join(' ')).toMatchObject({ code: 0, stderr: '' });
    }
  });

  it('the runtime serves every kind of request', async () => {
    const service = await startService(entrypoints.platform, environment, { cwd: folder });
    try {
      const request = await toRequester(service.url);
      expect(JSON.parse((await request('GET', '/health/ready')).text)).toEqual({ status: 'ready' });
      const body = { name: 'Ada', email: 'ada@test.example', role: 'member' };
      const keyed = { body, 'idempotency-key': 'once' };
      const created = await request('POST', '/v1/users', keyed);
      expect(created.status, created.text).toBe(201);
      expect((await request('POST', '/v1/users', keyed)).text).toBe(created.text);
      expect((await request('POST', '/v1/users', { body })).status).toBe(409);
      const path = `/v1/users/${(JSON.parse(created.text) as { id: string }).id}`;
      const patch = {
        body: { name: 'Ada L.' },
        'if-match': created.etag,
        'content-type': 'application/merge-patch+json',
      };
      const patched = await request('PATCH', path, patch);
      expect(patched.status, patched.text).toBe(200);
      expect((await request('GET', '/v1/users?limit=1')).status).toBe(200);
      expect((await request('GET', '/v1/users/export')).status).toBe(200);
      const rest = [
        ['PUT', `${path}/role`, 200, { body: { role: 'viewer' } }],
        ['POST', `${path}/suspension`, 200],
        ['POST', `${path}/reactivation`, 200],
        ['DELETE', path, 204],
        ['POST', `${path}/restoration`, 200],
        ['DELETE', path, 204],
        ['POST', `${path}/erasure`, 204],
      ] as const;
      for (const [method, url, status, options = {}] of rest) {
        const { etag } = await request('GET', path);
        const response = await request(method, url, { ...(etag && { 'if-match': etag }), ...options });
        expect(response, `${method} ${url}`).toMatchObject({ status });
      }
      expect(service.output.stdout).not.toMatch(/"level":"(?:error|fatal)"/);
    } finally {
      expect((await service.end('SIGTERM'))[0]).toBe(0);
    }
  });

  it('a worker handles the event of the erasure, with the user of the runtime', async () => {
    const { client, close } = await databases.connectAs('root');
    const STRIPE_SECRET_KEY = `sk_live_${randomBytes(24).toString('base64url')}`;
    const AUDIT_SIGNING_KEY = JSON.stringify(await generateSigningKey());
    const mail = { MAIL_URL: 'smtps://plinth:word@127.0.0.1:465', MAIL_FROM: 'no-reply@test.example' };
    const env = { ...environment, ...mail, AUDIT_SIGNING_KEY, STRIPE_SECRET_KEY };
    const worker = startChild(nodeCommand(workerScript), { env, cwd: folder });
    try {
      expect(await worker.request()).toBe('ready');
      const inbox = client.db(`${prefix}orders`).collection('inbox');
      await expect.poll(() => inbox.countDocuments({ state: 'done' }), { timeout: 20_000 }).toBeGreaterThan(0);
      expect(worker.output.stdout).not.toMatch(/"level":"(?:warn|error|fatal)"/);
    } finally {
      await close();
      expect((await worker.end('SIGTERM'))[0]).toBe(0);
    }
  });
});

describe('the user of the', () => {
  const name = `${prefix}users`;
  const unauthorized = { code: 13 };
  const withUser = async (
    user: string,
    work: (database: ReturnType<TestDatastore['client']['db']>) => Promise<void>,
  ) => {
    const { client, close } = await databases.connectAs(user);
    try {
      await work(client.db(name));
    } finally {
      await close();
    }
  };

  it('runtime cannot change the schema or the migrations, delete rows of the journal or keys, change audit events, or read other databases', async () => {
    await withUser(runtimeUser, async (database) => {
      const users = database.collection('users');
      const audit = database.client.db(`${prefix}audit`);
      const denied: Record<string, () => Promise<unknown>> = {
        drop: () => users.drop(),
        dropDatabase: () => database.dropDatabase(),
        createIndex: () => users.createIndex({ name: 1 }, { name: 'byHand' }),
        dropIndex: () => users.dropIndex('newest'),
        createCollection: () => database.createCollection('more'),
        insertIntoNew: () => database.collection('more').insertOne({}),
        collMod: () => database.command({ collMod: 'users', validator: {} }),
        rename: () => users.rename('others'),
        migrations: () => database.collection('migrations').updateOne({}, { $set: { state: 'done' } }),
        journal: () => database.collection('journal').deleteMany({}),
        keys: () => database.collection('idempotencyKeys').deleteMany({}),
        auditEvents: () => audit.collection('auditEvents').updateOne({}, { $set: { action: 'other' } }),
        removedAuditEvents: () => audit.collection('auditEvents').deleteMany({}),
        auditCheckpoints: () => audit.collection('auditCheckpoints').deleteMany({}),
        otherDatabase: () => database.client.db(`${prefix}elsewhere`).collection('documents').findOne(),
        users: () => database.client.db('admin').command({ usersInfo: 1 }),
        grant: () => database.client.db('admin').command({ grantRolesToUser: runtimeUser, roles: ['root'] }),
      };
      for (const [operation, attempt] of Object.entries(denied)) {
        await expect(attempt(), operation).rejects.toMatchObject(unauthorized);
      }
      expect(await users.countDocuments()).toBeGreaterThan(0);
    });
  });

  it('job cannot drop a collection or a database, read other databases or grant roles', async () => {
    await withUser(migrationUser, async (database) => {
      const denied: Record<string, () => Promise<unknown>> = {
        drop: () => database.collection('users').drop(),
        dropDatabase: () => database.dropDatabase(),
        otherDatabase: () => database.client.db(`${prefix}elsewhere`).collection('documents').findOne(),
        grant: () => database.client.db('admin').command({ grantRolesToUser: migrationUser, roles: ['root'] }),
      };
      for (const [operation, attempt] of Object.entries(denied)) {
        await expect(attempt(), operation).rejects.toMatchObject(unauthorized);
      }
    });
  });
});
