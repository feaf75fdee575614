import { load, type loadOrExit } from '@plinth/config';
import { openTestDatastore, type TestDatastore } from '@plinth/mongo/testing';
import { systemClock, systemIds } from '@plinth/service-kit';
import { getFreePort } from '@plinth/testing';
import { type Environment, nodeCommand, startChild } from '@plinth/testing/process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runDb } from '../src/db/run.ts';
import { demoUsers } from '../src/demo/users.ts';
import { modules } from '../src/modules.ts';

const script = new URL('../src/db.ts', import.meta.url);

let datastore: TestDatastore;

beforeEach(async () => {
  datastore = await openTestDatastore();
  // Registers the databases, so that `datastore.close()` drops them.
  for (const module of modules) datastore.open(module, { clock: systemClock, ids: systemIds });
});
afterEach(() => datastore.close());

const createEnvironment = (): Environment => ({
  MONGODB_URI: process.env['MONGODB_URI'],
  MONGODB_DATABASE_PREFIX: datastore.databasePrefix,
});

/** Runs a command in this process, because Node needs a second to start another. */
const db = async (args: readonly string[], overrides: Environment = {}) => {
  const env = { ...createEnvironment(), ...overrides };
  const output = { stdout: '', stderr: '' };
  const loadFromEnv: typeof loadOrExit = async (settings) => load(settings, env);
  const code = await runDb(args, {
    load: loadFromEnv,
    print: (text) => void (output.stdout += text),
    printError: (text) => void (output.stderr += text),
  });
  return { code, stdout: output.stdout, stderr: output.stderr.trim() };
};

const runProcess = async (...args: readonly string[]) => {
  const { exited, output } = startChild(nodeCommand(script, ...args), { env: createEnvironment() });
  const [code] = await exited;
  return { code, stdout: output.stdout, stderr: output.stderr.trim() };
};

/** Runs a command for one module, so that its output does not depend on the other modules. */
const usersDb = (...args: readonly string[]) => db([...args, '--module', 'users']);

const users = () => datastore.client.db(`${datastore.databasePrefix}users`);
const moduleNames = modules.map(({ name }) => name);

describe('npm run db', () => {
  it('is a process that prints the result or the error of a command, and exits with its code', async () => {
    const [status, check, unknown] = await Promise.all(['status', 'check', 'fly'].map((name) => runProcess(name)));
    expect(status).toEqual(await db(['status']));
    expect(check).toEqual(await db(['check']));
    expect(unknown).toEqual(await db(['fly']));
    expect([status?.code, check?.code, unknown?.code]).toEqual([0, 1, 1]);
  });

  it('status shows each migration of each module, and changes nothing', async () => {
    const { code, stdout, stderr } = await db(['status']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.filter((line) => !line.startsWith(' ')).map((line) => line.split(':')[0])).toEqual(moduleNames);
    expect(lines[1]).toMatch(/^ {2}migration +phase +state +progress +holder$/);
    const rows = lines.filter((line) => /^ {2}\d/.test(line));
    expect(rows.map((row) => row.trim().split(/ +/).slice(0, 3))).toEqual(
      modules.flatMap(({ migrations = [] }) => migrations.map(({ name, phase }) => [name, phase, 'pending'])),
    );
    expect(await users().listCollections().toArray()).toEqual([]);
  });

  it('migrate creates missing collections, and a dry run only reports them', async () => {
    const dry = await usersDb('migrate', '--dry-run', '--contract');
    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain(`users: Creates the collection '${users().databaseName}.users'.`);
    expect(await users().listCollections().toArray()).toEqual([]);
    expect(await usersDb('migrate')).toEqual({ code: 0, stdout: 'users: up to date.\n', stderr: '' });
    expect((await usersDb('migrate', '--dry-run')).stdout).toBe('users: nothing to do.\n');
  });

  it('migrate runs contract phases only with --contract', async () => {
    // A database from before the first migration has collections and no migration records.
    await users().createCollection('users');
    const first = await usersDb('migrate');
    expect(first.stdout).toContain('users: migration-started migration=0001-user-status phase=expand');
    expect(first.stdout.trimEnd().split('\n').at(-1)).toBe(
      'users: up to date except 0004-require-user-status, 0007-require-name-key. When no process runs older code, run npm run db -- migrate --contract.',
    );
    expect((await usersDb('migrate', '--contract')).stdout.trimEnd().split('\n').at(-1)).toBe('users: up to date.');
  });

  it('check exits with 1 and names the drift, and with 0 and one line when there is none', async () => {
    await usersDb('migrate');
    expect(await usersDb('check')).toEqual({ code: 0, stdout: 'No drift in users.\n', stderr: '' });
    await users().collection('users').createIndex({ tenantId: 1, email: 1 }, { name: 'byHand' });
    await users().command({ collMod: 'journal', validator: {} });
    const { code, stdout } = await usersDb('check');
    expect(code).toBe(1);
    expect(stdout.trimEnd().split('\n')).toEqual([
      `users: The index '${users().databaseName}.users.byHand' is stored and not defined. Run npm run db -- repair --drop-indexes.`,
      `users: The validator of '${users().databaseName}.journal' differs from its definition. Run npm run db -- repair.`,
    ]);
  });

  it('repair corrects the drift that check finds, and drops indexes only with --drop-indexes', async () => {
    await usersDb('migrate');
    await users().collection('users').createIndex({ tenantId: 1, email: 1 }, { name: 'byHand' });
    await users().command({ collMod: 'journal', validator: {} });
    await users().collection('users').dropIndex('newest');
    const { databaseName } = users();
    const { code, stdout } = await usersDb('repair');
    expect(code).toBe(1);
    expect(stdout).toContain(`users: Created the index '${databaseName}.users.newest'.`);
    expect(stdout).toContain(`users: Set the validator of '${databaseName}.journal'.`);
    expect(stdout).toContain(`byHand' is stored and not defined. Run npm run db -- repair --drop-indexes.`);
    expect(await usersDb('repair', '--drop-indexes')).toEqual({
      code: 0,
      stdout: `users: Dropped the index '${databaseName}.users.byHand'.\n`,
      stderr: '',
    });
    expect(await usersDb('check')).toEqual({ code: 0, stdout: 'No drift in users.\n', stderr: '' });
    expect((await usersDb('repair')).stdout).toBe('Nothing to repair in users.\n');
  });

  it('seed adds the demo organizations and is safe to repeat', async () => {
    for (const _ of [1, 2]) {
      expect(await db(['seed'])).toEqual({
        code: 0,
        stdout: 'The demo organizations acme and globex exist.\n',
        stderr: '',
      });
    }
    expect(await users().collection('users').countDocuments()).toBe(demoUsers.length);
  });

  it.each([
    [['fly'], "There is no command 'fly'."],
    [[], "There is no command ''."],
    [['status', 'now'], "There is no command 'status now'."],
    [['check', '--contract'], "--dry-run and --contract are for migrate; 'check' does not accept them."],
    [['check', '--drop-indexes'], "--drop-indexes is for repair; 'check' does not accept it."],
    [['status', '--module', 'nothing'], `--module is one of ${moduleNames.join(', ')}; 'nothing' is not.`],
    [['status', '--loud'], "Unknown option '--loud'"],
  ])('rejects %j in one sentence and prints the usage', async (args, message) => {
    const { code, stdout, stderr } = await db(args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.split('\n').at(-1)).toBe(
      'Usage: npm run db -- status|migrate|check|repair|seed|roles [--module <name>] [migrate: --dry-run --contract] [repair: --drop-indexes]',
    );
  });

  it('prints one sentence when MongoDB is unreachable or was migrated by newer code', async () => {
    const unreachable = await db(['status'], { MONGODB_URI: `mongodb://127.0.0.1:${await getFreePort()}/` });
    expect(unreachable).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^No MongoDB primary responds at [^\n]*$/),
    });
    await usersDb('migrate');
    const record = await users().collection('migrations').findOne({ phase: 'contract' });
    await users()
      .collection<{ _id: string }>('migrations')
      .insertOne({ ...record, _id: '9999-newer' });
    const newer = await usersDb('migrate');
    expect(newer).toEqual({
      code: 1,
      stdout: '',
      stderr: `The database '${users().databaseName}' has been migrated by newer code, which has '9999-newer'. Use that code.`,
    });
    expect((await usersDb('status')).stdout).toMatch(/9999-newer +contract +done \(by newer code\)/);
  });
});
