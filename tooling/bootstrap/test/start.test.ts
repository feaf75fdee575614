import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import net from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { getFreePort } from '@plinth/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { root } from '../run.mjs';
import { dataDir } from '../src/environment.ts';
import { readDevelopmentSecrets } from '../src/secrets.ts';
import { createTemporaryFolder, direct, runCommand, runCommandWith, startCommand, underShell } from './helpers.ts';

/** Listens on a free port, and resolves with it. */
async function listen(): Promise<{ server: net.Server; port: number }> {
  const server = net.createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as net.AddressInfo).port };
}

/** True when nothing listens at the port. */
const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });

async function startPlatform(program = direct) {
  const port = await getFreePort();
  // No console is built in an empty folder: other tests of this run build it.
  const child = startCommand(['start', '--port', String(port)], program, { CONSOLE_DIR: '/none' });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const exited = once(child, 'exit');
  await Promise.race([
    expect.poll(() => printed, { timeout: 60_000 }).toContain('Press Ctrl-C to stop.'),
    exited.then(() => Promise.reject(new Error(printed))),
  ]);
  return { child, port, exited, readOutput: () => printed };
}

describe('npm start', () => {
  it('ends its output with a request that works, where the data is and how to stop', async () => {
    const { child, port, exited, readOutput } = await startPlatform();
    const [, token] = /Authorization: Bearer ([\w.-]+)'/.exec(readOutput()) ?? [];
    const response = await fetch(`http://127.0.0.1:${port}/v1/users`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(response.status).toBe(200);
    // The databases of this run are those of the tests.
    expect(readOutput()).toMatch(
      /\n {2}MongoDB {4}from MONGODB_URI\n {2}Redis {6}from REDIS_URL\n {2}Data {7}databases and keys of this machine are in \.data; delete the folder to start over\n\nPress Ctrl-C to stop\.\n\n$/,
    );
    child.kill('SIGTERM');
    expect(await exited).toEqual([143, null]);
    expect(await isFree(port)).toBe(true);
  }, 120_000);

  it('leaves no process when it or npm is killed', async () => {
    const leave = async (command: string[]) => {
      const { child, port } = await startPlatform(command);
      expect(await isFree(port)).toBe(false);
      child.kill('SIGKILL');
      await expect.poll(() => isFree(port), { timeout: 30_000 }).toBe(true);
    };
    await Promise.all([leave(direct), leave(underShell)]);
  }, 120_000);

  // Nothing listens at port 1: a start that came as far as the databases would name MONGODB_URI.
  const elsewhere = { MONGODB_URI: 'mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=300' };

  it.each<[NodeJS.ProcessEnv, string[]]>([
    [
      // The secret of this machine is used only when no file is named.
      { HOST: '127.0.0.1 ', PORT: '99999', MONGODB_URI: 'localhost', CURSOR_SECRET_FILE: '/no/such/file' },
      [
        'HOST begins or ends with white space. Set it to',
        'PORT is not valid.',
        'MONGODB_URI is not valid.',
        'CURSOR_SECRET_FILE names no readable file. Set it to',
      ],
    ],
    // Found out after all settings are valid.
    [{ HOST: '203.0.113.7' }, ['203.0.113.7 is not an address of this machine. Set HOST to']],
  ])('names every fault of %j in a message', async (env, faults) => {
    const { code, stdout, stderr } = await runCommandWith(
      { ...elsewhere, ...env },
      'start',
      '--port',
      env['PORT'] ?? '0',
    );
    // A busy machine takes so long to compare the packages that it says so.
    const sentences = stderr
      .split('\n')
      .filter((line) => line !== '' && !/^(The (configuration|program) has|Installing the packages)/.test(line));
    expect({ code, stdout, sentences }).toEqual({
      code: 1,
      stdout: '',
      sentences: faults.map((fault) => expect.stringContaining(fault)),
    });
  });

  it('names a taken port', async () => {
    const { port } = await listen();
    const { code, stderr } = await runCommandWith(elsewhere, 'start', '--port', String(port));
    expect(code).toBe(1);
    expect(stderr.trim()).toBe(
      `Port ${port} of 127.0.0.1 is taken. Set PORT to another port, or stop the process that listens there.`,
    );
  });

  it('refuses an unknown app, and names the apps', async () => {
    const { code, stdout, stderr } = await runCommand('start', 'nothing');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^There is no app "nothing"; the apps are platform, .*\.\nUsage: npm start .*\n$/);
  });
});

it('npm run token takes the issuer from .env, as npm start does', async () => {
  const folder = await createTemporaryFolder();
  await Promise.all([readDevelopmentSecrets(dataDir), writeFile(join(folder, '.env'), 'AUTH_ISSUER=another\n')]);
  const program = join(root, 'apps/platform/src/token.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [program], { cwd: folder });
  const [, payload = ''] = stdout.split('.');
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ iss: 'another' });
});
