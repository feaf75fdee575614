import { once } from 'node:events';
import net from 'node:net';
import { getFreePort, isFree } from '@plinth/dev-databases';
import { describe, expect, it, onTestFinished } from 'vitest';
import { direct, runVerb, startVerb, underShell } from './helpers.ts';

/** Listens on a free port, and resolves with it. */
async function listen(): Promise<{ server: net.Server; port: number }> {
  const server = net.createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as net.AddressInfo).port };
}

async function startPlatform(command = direct) {
  const port = await getFreePort();
  const child = startVerb(['start', '--port', String(port)], command);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const exited = once(child, 'exit');
  await Promise.race([
    expect.poll(() => printed, { timeout: 25_000 }).toContain('Press Ctrl-C to stop.'),
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
      /\n {2}MongoDB {4}from MONGODB_URI\n {2}Redis {6}from REDIS_URL\n {2}Data {7}development keys in \.data\n\nPress Ctrl-C to stop\.\n\n$/,
    );
    child.kill('SIGTERM');
    expect(await exited).toEqual([143, null]);
    expect(await isFree(port)).toBe(true);
  }, 40_000);

  it.each([
    ['it', direct],
    ['npm', underShell],
  ])(
    'leaves no process when %s is killed',
    async (_, command) => {
      const { child, port } = await startPlatform(command);
      expect(await isFree(port)).toBe(false);
      child.kill('SIGKILL');
      await expect.poll(() => isFree(port), { timeout: 15_000 }).toBe(true);
    },
    40_000,
  );

  it('names a taken port and another one, before it starts anything', async () => {
    const { port } = await listen();
    const { code, stderr } = await runVerb('start', '--port', String(port));
    expect(code).toBe(1);
    expect(stderr).toBe(
      `Port ${port} on 127.0.0.1 is taken: stop what listens there (lsof -i :${port} shows it), or use another port with npm start -- --port ${port + 1}.\n`,
    );
  });

  it.each([
    [['--port', 'http'], '"http" is not a port: use a number from 1 to 65535.'],
    [['nothing'], 'There is no app "nothing"; the apps are '],
    [['--prot', '1'], "Unknown option '--prot'"],
  ])('refuses %j in one sentence', async (args, sentence) => {
    const { code, stderr } = await runVerb('start', ...args);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(sentence) });
    expect(stderr.trim()).not.toContain('\n');
  });
});
