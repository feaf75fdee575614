import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { createStdoutDestination } from './stdout.ts';

type Options = Parameters<typeof createStdoutDestination>[0];

/** The arguments of a process that logs to its standard output. */
const createProgram = (options: Options, body: string): readonly string[] => [
  '--input-type=module-typescript',
  '-e',
  `import { createLogger, createStdoutDestination } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
   const destination = createStdoutDestination(${JSON.stringify(options)});
   const log = createLogger({ level: 'info', service: 'child', classified: new Map(), destination });
   ${body}`,
];

const run = (
  options: Options,
  body: string,
): { readonly status: number | null; readonly events: readonly unknown[] } => {
  const { status, stdout } = spawnSync(process.execPath, createProgram(options, body), {
    encoding: 'utf8',
    timeout: 10_000,
  });
  return {
    status,
    events: stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line).event),
  };
};

describe('standard output in development', () => {
  it('receives each JSON line immediately', () => {
    const body = `log.info('first'); process.kill(process.pid, 'SIGKILL');`;
    expect(run({ isProduction: false }, body)).toEqual({ status: null, events: ['first'] });
  });

  it('lets the process continue and end after its reader has closed the pipe', async () => {
    const body = `log.info('ready');
      process.stdin.on('data', () => { for (const _ of [1, 2, 3]) log.info('unread'); process.exit(4); });`;
    expect(await closeReader({ isProduction: false }, body)).toEqual({ code: 4, stderr: '' });
  });
});

describe('standard output on a terminal', () => {
  // The test has no terminal, so the process is made to believe that it has one.
  const readOutput = (options: Options): string => {
    const program = `
      import { syncBuiltinESMExports } from 'node:module';
      import tty from 'node:tty';
      tty.isatty = () => true;
      syncBuiltinESMExports();
      const { createLogger, createStdoutDestination } = await import(${JSON.stringify(new URL('../index.ts', import.meta.url).href)});
      const destination = createStdoutDestination(${JSON.stringify(options)});
      createLogger({ level: 'info', service: 'child', classified: new Map(), destination }).info('ready', { port: 1 });`;
    return spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    }).stdout;
  };

  it('is readable in development', () => {
    expect(readOutput({ isProduction: false })).toMatch(/^\[[\d:.]+\] INFO: ready \{"port":1\}\n$/);
  });

  it('is JSON in production', () => {
    expect(JSON.parse(readOutput({ isProduction: true }))).toMatchObject({ event: 'ready', port: 1 });
  });
});

describe('standard output in production', () => {
  it('loses no line when the process ends by itself or by exit', () => {
    const request = `log.request({ method: 'GET', route: '/', status: 200, durationMs: 1 });`;
    const events = ['first', 'request-served'];
    expect(run({ isProduction: true }, `log.info('first'); ${request}`)).toEqual({ status: 0, events });
    expect(run({ isProduction: true }, `log.info('first'); process.exit(3);`)).toEqual({
      status: 3,
      events: ['first'],
    });
  });

  it('loses no line when the process exits while lines are being written', () => {
    const body = `for (let index = 0; index < 5000; index += 1) log.info('many', { index }); process.exit(0);`;
    expect(run({ isProduction: true }, body).events).toHaveLength(5000);
  });

  it('receives a fatal line immediately, so that it is there after the process is killed', () => {
    const body = `log.info('first'); log.fatal('last'); process.kill(process.pid, 'SIGKILL');`;
    expect(run({ isProduction: true }, body)).toEqual({ status: null, events: ['first', 'last'] });
  });

  it.each([
    ['at exit', `log.info('unread'); process.exit(4);`],
    ['at exit, which is logged', `process.on('exit', () => log.info('late')); log.info('unread'); process.exit(4);`],
    ['after a flush', `log.fatal('unread'); process.exit(4);`],
    ['after it has written', `log.info('unread'); setTimeout(() => { log.info('unread'); process.exit(4); }, 1500);`],
  ])('lets the process end when its reader has closed the pipe: %s', async (_, then) => {
    const body = `log.info('ready'); log.flush(); process.stdin.on('data', () => { ${then} });`;
    expect(await closeReader({ isProduction: true }, body)).toEqual({ code: 4, stderr: '' });
  });
});

/** Starts a process, closes its standard output after the first line, sends it a byte and returns how it ends. */
const closeReader = async (options: Options, body: string): Promise<{ code: unknown; stderr: string }> => {
  const child = spawn(process.execPath, createProgram(options, body), { stdio: 'pipe' });
  const stderr = text(child.stderr);
  await once(child.stdout, 'data');
  child.stdout.destroy();
  child.stdin.write('go');
  const [code] = await once(child, 'exit');
  return { code, stderr: await stderr };
};
