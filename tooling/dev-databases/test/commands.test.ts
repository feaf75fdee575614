import { execFile } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addResults, closingLine, removeResults, testedPackages } from '../src/results.ts';
import { readDevelopmentSecrets, toPublicJwks } from '../src/secrets.ts';
import { keep } from '../src/warden/keep.mjs';
import { temporaryFolder, untilDead } from './helpers.ts';

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

type Ran = { code: number; stderr: string };

function run(script: string, ...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [pathOf(script), ...args], (error, _stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), stderr: stderr.trim() });
    });
  });
}

describe('npm start', () => {
  it('says who has the port and how to take another one, before it starts anything', async () => {
    const server = net.createServer();
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as net.AddressInfo;
    const { code, stderr } = await run('../src/start.ts', '--port', String(port));
    expect(code).toBe(1);
    expect(stderr).toBe(
      `Port ${port} on 127.0.0.1 is taken by ${/taken by (.*): stop/.exec(stderr)?.[1]}: stop it, or use another port with npm start -- --port ${port + 1}.`,
    );
    expect(stderr).toContain(`(pid ${process.pid})`);
  });

  it.each([
    [['--port', 'http'], '"http" is not a port: use a number from 1 to 65535.'],
    [['nothing'], 'There is no app "nothing"; the apps are '],
  ])('refuses %j in one sentence', async (args, sentence) => {
    const { code, stderr } = await run('../src/start.ts', ...args);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(sentence) });
  });
});

describe('the bootstrap', () => {
  it('lists its verbs when it is asked for another one', async () => {
    expect(await run('../../bootstrap.mjs', 'fly')).toEqual({
      code: 1,
      stderr:
        'There is no "fly"; the verbs are start, test, bench, load, drill, token, db, build, lint, typecheck, format.',
    });
  });
});

describe('a kept command', () => {
  it('takes what it left behind with it', async () => {
    const kept = keep({
      command: ['sh', '-c', 'sleep 300 & echo $!; sleep 300'],
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((resolve) => kept.stdout?.once('data', (data) => resolve(Number(data))));
    await kept.end();
    expect(await untilDead([pid], 2000)).toEqual([]);
  });

  it('passes its exit code on', async () => {
    expect(await keep({ command: ['sh', '-c', 'exit 7'] }).ended).toBe(7);
    expect(await keep({ command: ['sh', '-c', 'kill -9 $$'] }).ended).toBe(137);
  });
});

describe('development secrets', () => {
  it('are made once, for this user only, also by two processes at the same time', async () => {
    const dir = await temporaryFolder();
    const [one, two] = await Promise.all([readDevelopmentSecrets(dir), readDevelopmentSecrets(dir)]);
    expect(one).toEqual(two);
    expect((await stat(join(dir, 'secrets.json'))).mode & 0o777).toBe(0o600);
    expect(await readDevelopmentSecrets(dir)).toEqual(one);
    expect(Buffer.from(one.cursorSecret, 'base64url')).toHaveLength(32);
    expect(await readFile(join(dir, 'secrets.json'), 'utf8')).toContain('"tokenSigningKey"');
  });

  it('publish the public half of the signing key only', async () => {
    const secrets = await readDevelopmentSecrets(await temporaryFolder());
    const { d: _private, ...publicKey } = secrets.tokenSigningKey;
    expect(JSON.parse(toPublicJwks(secrets))).toEqual({ keys: [publicKey] });
    expect(publicKey).toMatchObject({ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid: expect.any(String) });
  });
});

describe('the closing line of npm test', () => {
  const report = (passed: number, failed: number, rest: object = {}): string =>
    JSON.stringify({
      numPassedTests: passed,
      numFailedTests: failed,
      numPendingTests: 0,
      numTodoTests: 0,
      testResults: [],
      ...rest,
    });

  async function workspace(reports: Record<string, string | undefined>): Promise<string> {
    const root = await temporaryFolder();
    for (const [folder, text] of Object.entries(reports)) {
      await mkdir(join(root, folder), { recursive: true });
      await writeFile(join(root, folder, 'package.json'), JSON.stringify({ scripts: { test: 'vitest run' } }));
      if (text !== undefined) await writeFile(join(root, folder, 'test-results.json'), text);
    }
    return root;
  }

  it('adds up every package and leaves skipped tests out when there are none', async () => {
    const root = await workspace({ 'packages/a': report(2, 1), 'apps/b': report(3, 0) });
    const totals = addResults(root, testedPackages(root));
    expect(totals).toEqual({ passed: 5, failed: 1, skipped: 0, missing: [] });
    expect(closingLine(totals)).toBe('5 passed, 1 failed');
  });

  it('counts skipped and todo tests', async () => {
    const root = await workspace({ 'packages/a': report(2, 0, { numPendingTests: 1, numTodoTests: 2 }) });
    expect(closingLine(addResults(root, testedPackages(root)))).toBe('2 passed, 0 failed, 3 skipped');
  });

  it('counts a test file that cannot be loaded as a failure', async () => {
    const testResults = [{ status: 'failed', assertionResults: [] }];
    const root = await workspace({ 'packages/a': report(2, 0, { testResults }) });
    expect(addResults(root, testedPackages(root)).failed).toBe(1);
  });

  it('names packages whose tests left no result, old results not counting', async () => {
    const root = await workspace({ 'packages/a': report(2, 0), 'tooling/c': undefined });
    removeResults(root, testedPackages(root));
    expect(addResults(root, testedPackages(root))).toMatchObject({ passed: 0, missing: ['packages/a', 'tooling/c'] });
  });
});
