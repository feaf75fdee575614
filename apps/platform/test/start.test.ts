import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { generateSigningKey, toPublicJwk } from '@plinth/auth';
import { aFreePort, anId } from '@plinth/testing';
import { afterEach, describe, expect, it } from 'vitest';

const apps = {
  platform: new URL('../src/main.ts', import.meta.url),
  'svc-users': new URL('../../svc-users/src/main.ts', import.meta.url),
};
const secret = 'Zk3v9QpL2xWm7RtY5uHn8sBd4cFg6jKe';
const started: ChildProcess[] = [];

const environment = async (overrides: Record<string, string | undefined> = {}): Promise<Record<string, string>> => {
  const env: Record<string, string | undefined> = {
    PATH: process.env['PATH'],
    NODE_ENV: 'production',
    PORT: '0',
    MONGODB_URI: process.env['MONGODB_URI'],
    MONGODB_DATABASE_PREFIX: `t${anId().replaceAll('-', '').slice(-12)}_`,
    REDIS_URL: process.env['REDIS_URL'],
    AUTH_JWKS: JSON.stringify({ keys: [toPublicJwk(await generateSigningKey())] }),
    CURSOR_SECRET: secret,
    ...overrides,
  };
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
};

const start = (app: keyof typeof apps, env: Record<string, string>) => {
  const child = spawn(process.execPath, [apps[app].pathname], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += chunk));
  child.stderr.on('data', (chunk) => (output.stderr += chunk));
  return { child, output, ended: once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]> };
};

const refused = async (app: keyof typeof apps, env: Record<string, string>) => {
  const { output, ended } = start(app, env);
  const [code] = await ended;
  return { code, ...output };
};

afterEach(() => {
  for (const child of started.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
});

describe.each(['platform', 'svc-users'] as const)('%s', (app) => {
  it('serves the same routes, and ends with 0 on SIGTERM', async () => {
    const port = await aFreePort();
    const { child, ended, output } = start(app, await environment({ PORT: String(port) }));
    const url = `http://127.0.0.1:${port}`;
    await expect
      .poll(
        () =>
          fetch(`${url}/health/ready`).then(
            ({ status }) => status,
            () => output.stderr,
          ),
        { timeout: 15_000 },
      )
      .toBe(200);
    expect(await (await fetch(`${url}/health/ready`)).json()).toEqual({ status: 'ready' });
    expect((await fetch(`${url}/v1/users/me`)).status).toBe(401);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(output.stdout).toContain('"event":"stopped"');
  }, 30_000);

  it('names all that is wrong with its configuration at once, prints no value, and does not start', async () => {
    const env = await environment({
      MONGODB_URI: 'postgres://ada:hunter2@localhost',
      CURSOR_SECRET: undefined,
      PORT: '99999',
    });
    const { code, stdout, stderr } = await refused(app, env);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    for (const name of ['MONGODB_URI', 'CURSOR_SECRET', 'PORT']) expect(stderr).toContain(name);
    expect(stderr).not.toMatch(/hunter2|99999/);
  }, 20_000);
});

describe('the platform does not start, and says why in one sentence,', () => {
  const sentences = (stderr: string): string[] => stderr.trim().split('\n').filter(Boolean);

  it('when nobody answers at MONGODB_URI', async () => {
    const { code, stderr } = await refused(
      'platform',
      await environment({ MONGODB_URI: `mongodb://ada:hunter2@127.0.0.1:${await aFreePort()}/` }),
    );
    expect(code).toBe(1);
    expect(sentences(stderr)).toEqual([
      expect.stringMatching(/^No MongoDB primary answers at 127\.0\.0\.1:\d+\. Check MONGODB_URI/),
    ]);
    expect(stderr).not.toContain('hunter2');
  }, 20_000);

  it('when its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { code, stderr } = await refused('platform', await environment({ PORT: String(port) }));
    server.close();
    expect(code).toBe(1);
    expect(sentences(stderr)).toEqual([expect.stringContaining(`Port ${port} of 127.0.0.1 is taken.`)]);
  }, 20_000);

  it('but starts, degraded, when Redis is away', async () => {
    const port = await aFreePort();
    const { child, ended } = start(
      'platform',
      await environment({ PORT: String(port), REDIS_URL: `redis://127.0.0.1:${await aFreePort()}` }),
    );
    const ready = () =>
      fetch(`http://127.0.0.1:${port}/health/ready`).then(
        (answer) => answer.json(),
        () => undefined,
      );
    await expect.poll(ready, { timeout: 15_000 }).toEqual({ status: 'ready', degraded: ['redis'] });
    child.kill('SIGTERM');
    expect((await ended)[0]).toBe(0);
  }, 30_000);
});
