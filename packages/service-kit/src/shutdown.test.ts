import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';

const module = new URL('shutdown.ts', import.meta.url).href;

/**
 * Runs a process that prints its log events. Its source calls `stopGracefully` with `close`; once it is ready, `stop` runs: source
 * text in the process, or a function of the test.
 */
const run = async (close: string, stop: string | ((child: ChildProcess) => void)) => {
  const source = `
    import { stopGracefully } from '${module}';
    const print = (event) => console.log(event);
    const logger = { info: print, error: print, fatal: print, flush: () => undefined };
    stopGracefully(${close}, { logger, timeoutMs: 200 });
    setInterval(() => undefined, 1000);
    console.log('ready');
    ${typeof stop === 'string' ? stop : ''}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source]);
  const output = text(child.stdout);
  await once(child.stdout, 'readable');
  if (typeof stop === 'function') stop(child);
  const [code] = (await once(child, 'exit')) as [number];
  return { code, events: (await output).trim().split('\n').slice(1) };
};

const closeAtOnce = 'async () => undefined';

describe('a process that is stopped', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('exits with 0 after %s', async (signal) => {
    expect(await run(closeAtOnce, (child) => child.kill(signal))).toEqual({ code: 0, events: ['stopping', 'stopped'] });
  });

  it.each([
    ['an unhandled rejection', 'void Promise.reject(new Error())'],
    ['an unhandled rejection without a reason', 'void Promise.reject()'],
    ['an uncaught exception', 'setImmediate(() => { throw new Error(); })'],
  ])('closes everything and exits with 1 after %s', async (_what, stop) => {
    expect(await run(closeAtOnce, stop)).toEqual({ code: 1, events: ['process-failed', 'stopped'] });
  });

  it('logs an error during the stop too, and exits with 1 immediately', async () => {
    const failing = `() => new Promise(() => void Promise.reject(new Error()))`;
    const events = ['stopping', 'process-failed'];
    expect(await run(failing, (child) => child.kill())).toEqual({ code: 1, events });
  });

  it('exits with 1 when something cannot be closed', async () => {
    const stuck = '() => Promise.reject(new Error())';
    expect(await run(stuck, (child) => child.kill())).toEqual({ code: 1, events: ['stopping', 'stop-failed'] });
  });

  it('exits with 1 when stopping takes too long', async () => {
    const endless = '() => new Promise(() => undefined)';
    expect(await run(endless, (child) => child.kill())).toEqual({ code: 1, events: ['stopping', 'shutdown-timeout'] });
  });
});

describe('an error that no code handles', () => {
  const canary = 'c4n4ry';
  const error = `Object.assign(new Error('cannot reach mongodb://ada:${canary}@db.example/'), {
    password: '${canary}',
    cause: new Error('Bearer ${canary}${canary} of ada.${canary}@mail.example.com'),
  })`;

  it.each([
    ['an unhandled rejection', `void Promise.reject(${error})`],
    [
      'an unhandled rejection of an object',
      `void Promise.reject({ apiKey: '${canary}', email: 'ada@${canary}.example' })`,
    ],
    ['an uncaught exception', `setImmediate(() => { throw ${error}; })`],
  ])('ends the process with 1 and is logged without its secrets: %s', async (_, statement) => {
    const source = `
      import { createLogger, createStdoutDestination } from '@plinth/logger';
      import { stopGracefully } from '${module}';
      const destination = createStdoutDestination({ isProduction: true });
      const logger = createLogger({ level: 'info', service: 'test', classified: new Map(), destination });
      stopGracefully(async () => undefined, { logger });
      setInterval(() => undefined, 1000);
      ${statement}`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', source]);
    const outputs = Promise.all([text(child.stdout), text(child.stderr)]);
    const [code] = (await once(child, 'exit')) as [number];
    const [stdout, stderr] = await outputs;
    const records = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(records).toMatchObject([{ level: 'fatal', event: 'process-failed', err: {} }, { event: 'stopped' }]);
    expect(stdout).not.toContain(canary);
  });
});
