import { once } from 'node:events';
import { createServer } from 'node:net';
import { createTestIssuer } from '@plinth/auth/testing';
import { getFreePort } from '@plinth/testing';
import {
  createServiceSettings,
  type Environment,
  nodeCommand,
  startChild,
  startService,
} from '@plinth/testing/process';
import { describe, it, type TestContext } from 'vitest';
import { entrypoints, hosts } from './entrypoints.ts';

const createEnvironment = async (overrides: Environment = {}): Promise<Environment> => ({
  ...createServiceSettings(),
  ...(await createTestIssuer()).settings,
  SHUTDOWN_DELAY_MS: '0',
  ...overrides,
});

/** Starts a host and ends it after the test. */
const start = async (main: URL, env: Environment, { onTestFinished }: Pick<TestContext, 'onTestFinished'>) => {
  const service = await startService(main, env);
  onTestFinished(async () => void (await service.end()));
  return service;
};

/** Runs a host that is expected to exit. */
const run = async (main: URL, env: Environment, ...args: readonly string[]) => {
  const { exited, output } = startChild(nodeCommand(main, ...args), {
    env: { NODE_ENV: 'production', PORT: '0', ...env },
  });
  const [code] = await exited;
  return { code, ...output };
};

const timeout = 120_000;

describe.each(hosts)('$name', { timeout }, ({ main, listPath }) => {
  it('serves its routes and exits with 0 on SIGTERM', async ({ expect, onTestFinished }) => {
    const { url, output, end } = await start(main, await createEnvironment(), { onTestFinished });
    expect(await (await fetch(`${url}/health/ready`)).json()).toEqual({ status: 'ready' });
    expect((await fetch(url + listPath)).status).toBe(401);
    expect(await end('SIGTERM')).toEqual([0, null]);
    expect(output.stdout).toContain('"event":"stopped"');
  });
});

// `loadOrExit` and `runService`, which every host calls, implement the flags and the errors.
describe.concurrent('the platform', { timeout }, () => {
  const toSentences = (stderr: string): string[] => stderr.trim().split('\n').filter(Boolean);

  it('reports all configuration errors together, without values, and does not start', async ({ expect }) => {
    const env = await createEnvironment({
      MONGODB_URI: 'postgres://ada:hunter2@localhost',
      CURSOR_SECRET: undefined,
      PORT: '99999',
      HOST: '127.0.0.1 ',
      CORS_ORIGINS: 'https://app.example.com/',
    });
    const { code, stdout, stderr } = await run(entrypoints.platform, env);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/ HOST begins or ends with white space\. .*\n {2}PORT is not valid\. /);
    expect(stderr).toMatch(
      / CORS_ORIGINS has a path or a trailing slash after an origin\. .*\n {2}MONGODB_URI is not valid/,
    );
    expect(stderr).toContain('  CURSOR_SECRET is missing. ');
    expect(stderr).not.toMatch(/hunter2|99999/);
  });

  it('ends with 0 for --check before it connects to a database', async ({ expect }) => {
    const env = await createEnvironment({ MONGODB_URI: 'mongodb://127.0.0.1:1' });
    expect(await run(entrypoints.platform, env, '--check')).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it('prints its settings with their meaning for --help', async ({ expect }) => {
    const { code, stdout, stderr } = await run(entrypoints.platform, {}, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('CURSOR_SECRET\n  Encrypts the cursors of lists');
  });

  it('does not start and prints one sentence when MONGODB_URI is unreachable', async ({ expect }) => {
    const uri = `mongodb://ada:hunter2@127.0.0.1:${await getFreePort()}/`;
    const { code, stderr } = await run(entrypoints.platform, await createEnvironment({ MONGODB_URI: uri }));
    expect(code).toBe(1);
    expect(toSentences(stderr)).toEqual([
      expect.stringMatching(/^No MongoDB primary responds at 127\.0\.0\.1:\d+\. Check MONGODB_URI/),
    ]);
    expect(stderr).not.toContain('hunter2');
  });

  it('does not start and prints one sentence when its port is taken', async ({ expect }) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { code, stderr } = await run(entrypoints.platform, await createEnvironment({ PORT: String(port) }));
    server.close();
    expect(code).toBe(1);
    expect(toSentences(stderr)).toEqual([expect.stringContaining(`Port ${port} of 127.0.0.1 is taken.`)]);
  });

  it('starts without Redis and reports that it is degraded', async ({ expect, onTestFinished }) => {
    const env = await createEnvironment({ REDIS_URL: `redis://127.0.0.1:${await getFreePort()}` });
    const { url, end } = await start(entrypoints.platform, env, { onTestFinished });
    const readReadiness = async (): Promise<unknown> => (await fetch(`${url}/health/ready`)).json();
    await expect.poll(readReadiness, { timeout: 30_000 }).toEqual({ status: 'ready', degraded: ['redis'] });
    expect((await end('SIGTERM'))[0]).toBe(0);
  });
});
