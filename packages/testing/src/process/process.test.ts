import { describe, expect, it, onTestFinished } from 'vitest';
import { getFreePort } from '../free-port.ts';
import {
  type Child,
  createDatabasePrefix,
  createServiceSettings,
  nodeCommand,
  startChild,
  startService,
} from './index.ts';

const host = new URL('../../test/host.ts', import.meta.url);

const endAfterTest = <T extends Child>(child: T): T => {
  onTestFinished(async () => void (await child.end()));
  return child;
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a service', () => {
  it('runs in production mode, is ready when it is returned, and ends with the signal that it receives', async () => {
    const service = endAfterTest(await startService(host, {}));
    expect(await (await fetch(service.url)).text()).toBe('ready');
    expect(service.combinedOutput()).toBe('started in production\n');
    expect(service.isRunning()).toBe(true);
    expect(await service.end('SIGTERM')).toEqual([null, 'SIGTERM']);
    expect(service.isRunning()).toBe(false);
    expect(await service.end()).toEqual([null, 'SIGTERM']);
  });

  it('uses the port and the environment of its settings', async () => {
    const port = await getFreePort();
    const service = endAfterTest(await startService(host, { PORT: String(port), NODE_ENV: undefined }));
    expect(service).toMatchObject({ port, url: `http://127.0.0.1:${port}` });
    expect(service.output).toEqual({ stdout: '', stderr: 'started in undefined\n' });
  });

  it('rejects with its output when it does not become ready', async () => {
    await expect(startService(host, { FAULT: 'The dog has eaten it.' })).rejects.toThrow(
      /host\.ts ended with 3\.\nstarted in production\nThe dog has eaten it\./,
    );
    await expect(startService(new URL('./settings.ts', import.meta.url), {})).rejects.toThrow('ended with 0');
  });
});

describe('a child', () => {
  it('replies to messages, and rejects a pending request when it ends', async () => {
    const child = endAfterTest(startChild(nodeCommand(host, 'one', 'other'), { env: { PORT: '0' } }));
    expect(await child.request({})).toEqual(['one', 'other']);
    const pending = child.request();
    await child.end();
    await expect(pending).rejects.toThrow('ended with SIGKILL');
  });

  it('ends with the process that started it, even when that is killed', async () => {
    const parent = endAfterTest(startChild(nodeCommand(host), { env: { PORT: '0' } }));
    const pid = Number(await parent.request({ starts: true }));
    expect(isAlive(pid)).toBe(true);
    await parent.end('SIGKILL');
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it('ends with the reason in its output when the command does not exist', async () => {
    const child = startChild(['/nowhere/at-all']);
    const [code] = await child.exited;
    expect(code).toBeLessThan(0);
    expect(child.combinedOutput()).toContain('spawn /nowhere/at-all ENOENT');
    expect(child.pid).toBe(0);
  });

  it('keeps the end of its output, or all of it without a limit', async () => {
    const command = [process.execPath, '--eval', 'for (let index = 0; index < 2e4; index++) console.log(index)'];
    const [whole, end] = [startChild(command), startChild(command, { outputCharsMin: 1000 })];
    await Promise.all([whole.exited, end.exited]);
    expect(whole.output.stdout.split('\n')).toHaveLength(20_001);
    expect(whole.output.stdout.endsWith(end.output.stdout)).toBe(true);
    expect(end.output.stdout.length).toBeGreaterThanOrEqual(1000);
    expect(end.output.stdout.length).toBeLessThanOrEqual(2000);
  });
});

it('creates settings with a unique database prefix and secret', () => {
  const [one, other] = [createServiceSettings(), createServiceSettings()];
  expect(one.MONGODB_DATABASE_PREFIX).not.toBe(other.MONGODB_DATABASE_PREFIX);
  expect(one.CURSOR_SECRET).not.toBe(other.CURSOR_SECRET);
  expect(createDatabasePrefix()).toMatch(/^t[0-9a-f]{12}_$/);
});
