import { describe, expect, it, onTestFinished } from 'vitest';
import { aFreePort } from '../free-port.ts';
import { aDatabasePrefix, type Child, nodeCommand, ownSettings, startChild, startService } from './index.ts';

const host = new URL('../../test/host.ts', import.meta.url);

const ended = <T extends Child>(child: T): T => {
  onTestFinished(async () => void (await child.end()));
  return child;
};

const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a service', () => {
  it('listens when it is there, as in production, and ends as it is told to', async () => {
    const service = ended(await startService(host, {}));
    expect(await (await fetch(service.url)).text()).toBe('ready');
    expect(service.said()).toBe('begins in production\n');
    expect(service.isRunning()).toBe(true);
    expect(await service.end('SIGTERM')).toEqual([null, 'SIGTERM']);
    expect(service.isRunning()).toBe(false);
    expect(await service.end()).toEqual([null, 'SIGTERM']);
  });

  it('listens where it is told to, in the environment that it is given', async () => {
    const port = await aFreePort();
    const service = ended(await startService(host, { PORT: String(port), NODE_ENV: undefined }));
    expect(service).toMatchObject({ port, url: `http://127.0.0.1:${port}` });
    expect(service.output).toEqual({ stdout: '', stderr: 'begins in undefined\n' });
  });

  it('that does not become ready says why, in its own words', async () => {
    await expect(startService(host, { FAULT: 'The dog has eaten it.' })).rejects.toThrow(
      /host\.ts ended with 3\.\nbegins in production\nThe dog has eaten it\./,
    );
    await expect(startService(new URL('./settings.ts', import.meta.url), {})).rejects.toThrow('ended with 0');
  });
});

describe('a child', () => {
  it('answers messages, and keeps nobody waiting when it is gone', async () => {
    const child = ended(startChild(nodeCommand(host, 'one', 'other'), { env: { PORT: '0' } }));
    expect(await child.ask({})).toEqual(['one', 'other']);
    const asking = child.ask();
    await child.end();
    await expect(asking).rejects.toThrow('ended with SIGKILL');
  });

  it('ends with who started it, whichever way that goes', async () => {
    const parent = ended(startChild(nodeCommand(host), { env: { PORT: '0' } }));
    const pid = Number(await parent.ask({ starts: true }));
    expect(isThere(pid)).toBe(true);
    await parent.end('SIGKILL');
    await expect.poll(() => isThere(pid), { timeout: 10_000 }).toBe(false);
  });

  it('that cannot be run is over, and says so', async () => {
    const child = startChild(['/nowhere/at-all']);
    const [code] = await child.exited;
    expect(code).toBeLessThan(0);
    expect(child.said()).toContain('spawn /nowhere/at-all ENOENT');
    expect(child.pid).toBe(0);
  });

  it('keeps the end of what it says, and all of it where nobody minds', async () => {
    const command = [process.execPath, '--eval', 'for (let at = 0; at < 2e4; at++) console.log(at)'];
    const [whole, end] = [startChild(command), startChild(command, { keptMin: 1000 })];
    await Promise.all([whole.exited, end.exited]);
    expect(whole.output.stdout.split('\n')).toHaveLength(20_001);
    expect(whole.output.stdout.endsWith(end.output.stdout)).toBe(true);
    expect(end.output.stdout.length).toBeGreaterThanOrEqual(1000);
    expect(end.output.stdout.length).toBeLessThanOrEqual(2000);
  });
});

it('settings are those of nobody else', () => {
  const [one, other] = [ownSettings(), ownSettings()];
  expect(one.MONGODB_DATABASE_PREFIX).not.toBe(other.MONGODB_DATABASE_PREFIX);
  expect(one.CURSOR_SECRET).not.toBe(other.CURSOR_SECRET);
  expect(aDatabasePrefix()).toMatch(/^t[0-9a-f]{12}_$/);
});
