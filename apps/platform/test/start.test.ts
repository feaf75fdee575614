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
import { describe, expect, it, onTestFinished } from 'vitest';
import { entrypoints } from './entrypoints.ts';

type App = keyof typeof entrypoints;

const environment = async (overrides: Environment = {}): Promise<Environment> => ({
  ...createServiceSettings(),
  ...(await createTestIssuer()).settings,
  ...overrides,
});

const start = async (app: App, env: Environment) => {
  const service = await startService(entrypoints[app], env);
  onTestFinished(async () => void (await service.end()));
  return service;
};

const refused = async (app: App, env: Environment) => {
  const { exited, output } = startChild(nodeCommand(entrypoints[app]), {
    env: { NODE_ENV: 'production', PORT: '0', ...env },
  });
  const [code] = await exited;
  return { code, ...output };
};

describe.each(['platform', 'svc-users'] as const)('%s', (app) => {
  it('serves the same routes, and ends with 0 on SIGTERM', async () => {
    const { url, output, end } = await start(app, await environment());
    expect(await (await fetch(`${url}/health/ready`)).json()).toEqual({ status: 'ready' });
    expect((await fetch(`${url}/v1/users/me`)).status).toBe(401);
    expect(await end('SIGTERM')).toEqual([0, null]);
    expect(output.stdout).toContain('"event":"stopped"');
  }, 30_000);

  it('names all that is wrong with its configuration at once, prints no value, and does not start', async () => {
    const env = await environment({
      MONGODB_URI: 'postgres://ada:hunter2@localhost',
      CURSOR_SECRET: undefined,
      PORT: '99999',
      HOST: '127.0.0.1 ',
      CORS_ORIGINS: 'https://app.example.com/',
    });
    const { code, stdout, stderr } = await refused(app, env);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/ HOST begins or ends with white space\. .*\n {2}PORT is not valid\. /);
    expect(stderr).toMatch(
      / CORS_ORIGINS has a path or a trailing slash after an origin\. .*\n {2}MONGODB_URI is not valid/,
    );
    expect(stderr).toContain('  CURSOR_SECRET is missing. ');
    expect(stderr).not.toMatch(/hunter2|99999/);
  }, 20_000);

  it('prints its settings with their meaning for --help', async () => {
    const { exited, output } = startChild(nodeCommand(entrypoints[app], '--help'));
    expect(await exited).toEqual([0, null]);
    expect(output.stderr).toBe('');
    expect(output.stdout).toContain('CURSOR_SECRET\n  Signs the cursors of lists');
  }, 20_000);
});

describe('the platform does not start, and says why in one sentence,', () => {
  const sentences = (stderr: string): string[] => stderr.trim().split('\n').filter(Boolean);

  it('when MONGODB_URI is unreachable', async () => {
    const { code, stderr } = await refused(
      'platform',
      await environment({ MONGODB_URI: `mongodb://ada:hunter2@127.0.0.1:${await getFreePort()}/` }),
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
    const env = await environment({ REDIS_URL: `redis://127.0.0.1:${await getFreePort()}` });
    const { url, end } = await start('platform', env);
    const ready = async (): Promise<unknown> => (await fetch(`${url}/health/ready`)).json();
    await expect.poll(ready, { timeout: 15_000 }).toEqual({ status: 'ready', degraded: ['redis'] });
    expect((await end('SIGTERM'))[0]).toBe(0);
  }, 30_000);
});
